"""Protocol 1 on the page's side agrees with `computers.wire.screen`, byte for byte and word for word."""

from __future__ import annotations

import json

import pytest

from computers.wire import screen as wire
from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP

PARSE = """
const { parseFrame } = await load("live/protocol.js");
const frame = parseFrame(new Uint8Array(given).buffer);
return frame && { ...frame, payload: [...frame.payload] };
"""


def _frame(payload: bytes = b"\xff\xd8jpeg") -> bytes:
    frame = wire.Frame(payload, 513, 1_700_000_000_123.5, 10.0, 1280, 800)
    return wire.header(frame, 4_000_000_000, 10.25) + payload


async def test_a_frame_is_read_as_the_server_wrote_it(modules: Modules) -> None:
    assert await modules(PARSE, list(_frame())) == {
        "kind": 1,
        "view": 513,
        "seq": 4_000_000_000,
        "capturedAt": 1_700_000_000_123.5,
        "relayAge": 250,
        "width": 1280,
        "height": 800,
        "payload": list(b"\xff\xd8jpeg"),
    }


@pytest.mark.parametrize("cut", [0, 1, 23, 24])
async def test_half_a_header_and_an_empty_frame_are_ignored(modules: Modules, cut: int) -> None:
    assert await modules(PARSE, list(_frame()[:cut])) is None


async def test_an_unknown_version_or_kind_is_ignored(modules: Modules) -> None:
    later, video = bytearray(_frame()), bytearray(_frame())
    later[0], video[1] = 2, 2
    assert await modules(PARSE, list(later)) is None
    assert await modules(PARSE, list(video)) is None


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "null", "7", '{"type": 7}'])
async def test_what_is_no_message_is_ignored(modules: Modules, text: str) -> None:
    read = 'const { parseMessage } = await load("live/protocol.js"); return parseMessage(given);'
    assert await modules(read, text) is None


async def test_every_message_the_page_can_say_is_understood_by_the_server(modules: Modules) -> None:
    said = await modules(
        """
        const say = await load("live/protocol.js"), aim = { view: 7, epoch: 3 };
        return [
          say.seen(9), say.pace(30), say.ping(), say.retry(), say.here(),
          say.control("take"), say.control("release", { reason: "done" }),
          say.pointer(
            { action: "down", x: 1, y: 2, button: "left", buttons: 1, clicks: 2, modifiers: 8, dx: 0, dy: 0 }, aim),
          say.key({ action: "down", key: "a", code: "KeyA", modifiers: 0, text: "a", repeat: true }, aim),
          say.key({ action: "up", key: "a", code: "", modifiers: 0 }, aim),
          say.text("日本", aim),
        ].map((message) => JSON.stringify(message));
        """
    )
    parsed = [wire.parse(text) for text in said]
    assert parsed[7] == wire.Pointer("down", 1, 2, "left", 1, 2, 8, 0, 0, 7, 3)
    assert parsed[8] == wire.Key("down", "a", "KeyA", 0, "a", True, 7, 3)
    assert parsed[10] == wire.Text("日本", 7, 3)
    assert json.loads(said[6]) == {"type": "control", "action": "release", "reason": "done"}
