"""The elements of recent pictures, and the answers kept: each within bounds."""

import asyncio
from base64 import b64encode
from types import SimpleNamespace
from typing import Any

import pytest

from local_lightcone.actions.elements import elements
from local_lightcone.models import kept, sights
from local_lightcone.models.conversation import Told
from local_lightcone.models.elements import Element, Sight
from local_lightcone.models.kept import Responses
from local_lightcone.models.scripted import Scripted
from local_lightcone.models.sights import Sights, name_of
from local_lightcone.shots import Shots

ONE = Sight(10, 10, "one", "", (Element("button", "button", ("A",), 1, 1, seen=True),))
TWO = Sight(10, 10, "two", "", ONE.elements * 2)
NAME = name_of(b"picture")


class Page:
    """Can be looked at when the test says so."""

    def __init__(self, sight: Sight | None = ONE) -> None:
        self.sight, self.ready = sight, asyncio.Event()

    async def look(self) -> Sight | None:
        await self.ready.wait()
        return self.sight


def wired() -> tuple[Shots, Sights]:
    shots = Shots()
    found = Sights(shots)
    shots.look = found.look
    return shots, found


async def test_a_picture_is_kept_before_its_elements_are_known() -> None:
    shots, found = wired()
    page = Page()
    name = shots.put(b"picture", beside=page.look)
    assert shots.get(name) == b"picture"
    assert await found.of(NAME) is None  # it waited, and not for long
    page.ready.set()
    await asyncio.sleep(0)
    assert await found.of(NAME) == ONE


async def test_the_model_waits_for_a_look_that_comes_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "WAIT_SECONDS", 10)
    shots, found = wired()
    page = Page()
    shots.put(b"picture", beside=page.look)
    asyncio.get_running_loop().call_later(0.05, page.ready.set)
    async with asyncio.timeout(5):
        assert await found.of(NAME) == ONE


async def test_not_more_pages_are_looked_at_than_is_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "MOST_UNDER_WAY", 1)
    shots, found = wired()
    held, other = Page(), Page()
    other.ready.set()
    shots.put(b"held", beside=held.look)
    shots.put(b"picture", beside=other.look)
    assert await found.of(NAME) is None and not found.late(NAME)
    await found.close()


async def test_of_elements_that_come_too_late_a_new_picture_is_wanted() -> None:
    shots, found = wired()
    page = Page()
    shots.put(b"picture", beside=page.look)
    image = {"type": "input_image", "image_url": f"data:image/jpeg;base64,{b64encode(b'picture').decode()}"}
    content = [{"type": "input_text", "text": "click 'A'"}, image]
    tools = [{"type": "computer_use"}]
    answer = await Scripted(found, Responses()).respond(
        {"input": [{"role": "user", "content": content}], "tools": tools}
    )
    assert answer["output"][1]["action"] == {"type": "screenshot"}
    await found.close()


async def test_a_page_that_cannot_be_looked_at_leaves_nothing() -> None:
    shots, found = wired()
    page = Page(None)
    page.ready.set()
    shots.put(b"picture", beside=page.look)
    assert await found.of(NAME) is None
    await found.close()


@pytest.mark.parametrize(
    ("late", "looks", "names"),
    [([False], 1, {"0"}), ([True, False], 2, {"1"}), ([True, True, False], 2, {"1"})],
    ids=["in time", "late", "late again"],
)
async def test_a_look_that_ran_out_of_time_is_had_once_more(
    late: list[bool], looks: int, names: set[str]
) -> None:
    asked: list[str] = []

    async def call(method: str, params: dict[str, Any] | None = None, **_: Any) -> dict[str, Any]:
        if method != "Runtime.evaluate":
            return {"frameTree": {"frame": {"id": "f"}}, "executionContextId": 1}
        assert params is not None
        asked.append(params["expression"].rpartition("(")[2])
        node = ["button", "button", [str(len(asked) - 1)], 1, 1, True]
        was = late[len(asked) - 1]
        seen = {"width": 9, "height": 9, "title": "", "url": "", "nodes": [node], "late": was, "partial": was}
        return {"result": {"value": seen}}

    sight = await elements(SimpleNamespace(call=call))  # type: ignore[arg-type]
    assert sight is not None and {name for each in sight.elements for name in each.names} == names
    assert len(asked) == looks and sight.partial is late[looks - 1]
    assert len(set(asked)) == looks, "a second look has more time"


def test_a_picture_is_known_by_address_and_by_its_bytes() -> None:
    shots, found = wired()
    name = shots.put(b"picture")
    data = b64encode(b"picture").decode()
    for address in (
        f"http://127.0.0.1:8100/shots/{name}.jpeg",
        f"https://elsewhere.example/shots/{name}.jpeg",
        f"/shots/{name}.jpeg",
        f"data:image/jpeg;base64,{data}",
        f"data:image/png;base64,{data}",
    ):
        assert found.identify(address) == NAME, address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://x/shots/nothing.jpeg",
        "data:image/jpeg;base64,§",
        "data:text/html,x",
        "https://example.com/a.jpeg",
        "file:///x",
    ],
)
def test_what_is_no_picture_of_ours_is_not_fetched(address: str) -> None:
    assert wired()[1].identify(address) is None


async def test_sights_expire_and_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    found = Sights(Shots(), clock=lambda: now)
    found.put("a", ONE)
    now = sights.LIFE_SECONDS - 1
    assert await found.of("a") == ONE
    now = sights.LIFE_SECONDS + 1
    assert await found.of("a") is None
    monkeypatch.setattr(sights, "MOST_ELEMENTS", 3)
    for name in ("a", "b", "c"):
        found.put(name, TWO if name == "b" else ONE)
    assert [await found.of(name) for name in "abc"] == [None, TWO, ONE]
    found.put("b", ONE)
    found.put("d", ONE)
    assert [await found.of(name) for name in "bcd"] == [ONE, ONE, ONE]
    monkeypatch.setattr(sights, "MOST_SIGHTS", 1)
    found.put("e", ONE)
    assert [await found.of(name) for name in "bcde"] == [None, None, None, ONE]


def answer(name: str, text: str = "") -> dict[str, Any]:
    return {"id": name, "text": text}


def test_answers_expire_after_their_last_use() -> None:
    now = 0.0
    responses = Responses(clock=lambda: now)
    responses.keep(answer("a"), (Told("x"),), 1)
    now = kept.LIFE_SECONDS - 1
    assert responses.find("a")
    now += kept.LIFE_SECONDS - 1
    assert responses.find("a")
    now += kept.LIFE_SECONDS + 1
    assert responses.find("a") is None


def test_the_longest_unused_answers_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_RESPONSES", 2)
    responses = Responses()
    for name in "ab":
        responses.keep(answer(name), (), 0)
    assert responses.find("a")
    responses.keep(answer("c"), (), 0)
    assert [bool(responses.find(name)) for name in "abc"] == [True, False, True]
    monkeypatch.setattr(kept, "MOST_BYTES", 5_000)
    responses.keep(answer("d", "x" * 3_000), (Told("y" * 3_000),), 1)
    assert [bool(responses.find(name)) for name in "acd"] == [False, False, False]
    responses.keep(answer("e"), (), 0)
    assert responses.find("e") and responses.delete("e") and not responses.delete("e")
