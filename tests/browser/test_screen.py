"""The wiring between devices and protocol, on a socket that the test holds in its hand."""

from __future__ import annotations

import json
from typing import Any

import pytest_asyncio
from playwright.async_api import Page

from computers.wire import screen as wire
from tests.browser.conftest import ONE_LOOP

pytestmark = ONE_LOOP

WIRE = """async () => {
  window.sockets = [];
  window.WebSocket = class extends EventTarget {
    static CONNECTING = 0; static OPEN = 1;
    readyState = 0; bufferedAmount = 0; sent = [];
    constructor(url) { super(); this.url = url; sockets.push(this); }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    open() { this.readyState = 1; this.onopen(); }
    lose(code, reason = "") { this.readyState = 3; this.onclose({ code, reason }); }
  };
  window.said = [];
  const stage = document.getElementById("stage"), canvas = document.createElement("canvas");
  canvas.style.cssText = "width: 100%; height: 100%; object-fit: contain; display: block";
  stage.append(canvas);
  const { Screen } = await import("live/screen.js");
  const say = (what) => (detail) => said.push(detail ? [what, detail.type ?? detail.code ?? detail] : what);
  window.view = new Screen(
    { stage, canvas, area: document.getElementById("area"), computerId: "abc" },
    { onMessage: say("message"), onLost: say("lost"), onOpen: say("open"), onFirstPicture: say("picture"),
      onRefused: say("refused"), onLeave: say("leave"), onTrouble: say("trouble") },
  );
  view.link.connect();
  sockets[0].open();
  // A picture the size of the stage: one page pixel is one remote pixel, (60, 50) away.
  const picture = new OffscreenCanvas(840, 600);
  picture.getContext("2d").fillRect(0, 0, 840, 600);
  window.jpeg = new Uint8Array(await (await picture.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
}"""


class Hand:
    """The server's side of the fake socket."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def sent(self, *kinds: str) -> list[Any]:
        """What the page sent since the last call, of these types."""
        await self.page.wait_for_timeout(30)
        messages: list[Any] = await self.page.evaluate("sockets.at(-1).sent.splice(0)")
        for message in messages:
            wire.parse(json.dumps(message))
        return [message for message in messages if not kinds or message["type"] in kinds]

    async def tell(self, **message: Any) -> None:
        await self.page.evaluate("(text) => sockets.at(-1).onmessage({ data: text })", json.dumps(message))

    async def show(self, seq: int, view: int = 7) -> None:
        """One frame, and wait until it is painted."""
        header = wire.header(wire.Frame(b"", view, 0.0, 0.0, 840, 600), seq, 0.0)
        await self.page.evaluate(
            """(header) => sockets.at(-1).onmessage(
              { data: new Uint8Array([...header, ...jpeg]).buffer })""",
            list(header),
        )
        await self.page.wait_for_timeout(150)

    async def give_control(self, epoch: int = 3) -> None:
        await self.tell(type="control", holder={"name": "Alice"}, you_hold=True, epoch=epoch, requests=[])

    async def said(self) -> list[Any]:
        found: list[Any] = await self.page.evaluate("said.splice(0)")
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def hand(page: Page) -> Hand:
    await page.evaluate(WIRE)
    hand = Hand(page)
    await hand.show(1)
    await hand.sent()
    await hand.said()
    return hand


@pytest_asyncio.fixture(loop_scope="session")
async def driving(hand: Hand) -> Hand:
    await hand.give_control()
    await hand.page.focus("#stage")
    await hand.sent()
    return hand


async def test_each_painted_frame_is_acknowledged(hand: Hand) -> None:
    await hand.show(2)
    await hand.show(3)
    assert [message["seq"] for message in await hand.sent("seen")] == [2, 3]


async def test_a_probe_is_answered_and_a_new_id_is_kept(hand: Hand) -> None:
    await hand.tell(type="probe")
    assert [message["type"] for message in await hand.sent()] == ["here"]
    await hand.tell(type="hello", protocol=1, client="given-by-the-server", you={})
    await hand.page.evaluate("sockets[0].lose(1006)")
    await hand.page.wait_for_function("sockets.length === 2")
    assert (await hand.page.evaluate("sockets[1].url")).endswith(
        "/ws/computers/abc/?client=given-by-the-server"
    )


async def test_who_does_not_drive_sends_nothing(hand: Hand) -> None:
    await hand.page.mouse.click(300, 300)
    await hand.page.keyboard.type("a")
    await hand.page.mouse.wheel(0, 100)
    assert await hand.sent("pointer", "key", "text") == []
    assert "refused" in await hand.said()


async def test_every_item_is_aimed_at_the_picture_shown_and_the_lease_held(driving: Hand) -> None:
    await driving.page.mouse.click(160, 150)
    await driving.page.keyboard.press("a")
    items = await driving.sent("pointer", "key")
    assert {(item["view"], item["epoch"]) for item in items} == {(7, 3)}
    down = next(item for item in items if item["action"] == "down")
    assert (down["x"], down["y"]) == (100, 100)
    # Announced, but not painted yet: what a person sees is still the old one.
    await driving.tell(type="state", state="live", view=8, width=840, height=600)
    await driving.page.keyboard.press("b")
    assert {item["view"] for item in await driving.sent("key")} == {7}
    await driving.show(4, view=8)
    await driving.page.keyboard.press("c")
    assert {item["view"] for item in await driving.sent("key")} == {8}


async def test_a_key_does_not_overtake_the_move_before_it(driving: Hand) -> None:
    order = await driving.page.evaluate(
        """() => {
          const stage = document.getElementById("stage"), area = document.getElementById("area");
          sockets[0].sent.splice(0);
          for (const x of [100, 110, 120])
            stage.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: 100 }));
          area.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", cancelable: true }));
          return sockets[0].sent.splice(0).map(({ type, x }) => [type, x ?? null]);
        }"""
    )
    assert order == [["pointer", 40], ["pointer", 60], ["key", None]]


async def test_everything_held_is_released_when_the_window_loses_the_focus(driving: Hand) -> None:
    await driving.page.mouse.move(300, 300)
    await driving.page.mouse.down()
    await driving.page.keyboard.down("Shift")
    await driving.sent()
    await driving.page.evaluate("dispatchEvent(new Event('blur'))")
    released = await driving.sent("pointer", "key")
    assert [(item["type"], item["action"]) for item in released] == [("pointer", "up"), ("key", "up")]


async def test_a_hidden_page_releases_asks_for_no_frames_and_keeps_the_lease(driving: Hand) -> None:
    await driving.page.keyboard.down("Shift")
    await driving.sent()
    await driving.page.evaluate(
        """() => {
          Object.defineProperty(document, "hidden", { configurable: true, value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    messages = await driving.sent("pace", "key", "control")
    assert {"type": "pace", "max_fps": 0} in messages
    assert [item["action"] for item in messages if item["type"] == "key"] == ["up"]
    assert not [item for item in messages if item["type"] == "control"]


async def test_a_lost_lease_is_not_followed_by_releases_of_ours(driving: Hand) -> None:
    await driving.page.keyboard.down("Shift")
    await driving.sent()
    await driving.tell(type="control", holder={"name": "Bob"}, you_hold=False, epoch=4, requests=[])
    await driving.page.keyboard.up("Shift")
    assert await driving.sent("key", "pointer") == []
    assert await driving.page.evaluate("document.activeElement.id") == "stage"


async def test_a_driver_gets_more_frames(hand: Hand) -> None:
    await hand.give_control()
    assert await hand.sent("pace") == [{"type": "pace", "max_fps": 30}]
    await hand.tell(type="control", holder=None, you_hold=False, epoch=4, requests=[])
    assert await hand.sent("pace") == [{"type": "pace", "max_fps": 10}]


async def test_moves_are_left_out_while_the_network_is_behind_buttons_never(driving: Hand) -> None:
    await driving.page.evaluate("sockets[0].bufferedAmount = 100000")
    await driving.page.mouse.move(300, 300)
    await driving.page.mouse.click(310, 300)
    assert [item["action"] for item in await driving.sent("pointer")] == ["down", "up"]


async def test_a_paste_arrives_as_text(driving: Hand) -> None:
    await driving.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "secret");
          const paste = new ClipboardEvent("paste", { clipboardData: data, cancelable: true });
          document.getElementById("area").dispatchEvent(paste);
        }"""
    )
    assert [item["text"] for item in await driving.sent("text")] == ["secret"]


async def test_it_comes_back_after_a_loss_and_not_after_a_refusal(hand: Hand) -> None:
    await hand.page.evaluate("sockets[0].lose(1006)")
    await hand.page.wait_for_function("sockets.length === 2")
    await hand.page.evaluate("sockets[1].open(); sockets[1].lose(4003, 'no longer')")
    await hand.page.wait_for_timeout(1500)
    assert await hand.page.evaluate("sockets.length") == 2
    assert await hand.said() == [["lost", 1006], "open", ["lost", 4003]]


async def test_try_now_does_not_wait(hand: Hand) -> None:
    for _ in range(4):
        await hand.page.evaluate("sockets.at(-1).lose(1006); view.link.tryNow()")
    assert await hand.page.evaluate("sockets.length") == 5
