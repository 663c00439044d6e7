"""What was proposed, carried out by hand; what the service keeps; and the page itself."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest

from computers import leases
from computers.models import Computer
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.views.conftest import CLICK, HEADERS, SECRET, Play, audited, proposing
from tests.support.fake_upstream import ID, answer, silence

RUNS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "click": (CLICK, "click", {"x": 640, "y": 180}),
    "right button": ({**CLICK, "button": "right"}, "right-click", {"x": 640, "y": 180}),
    "wheel": (
        {**CLICK, "button": "wheel"},
        "execute",
        {"action": {"type": "click", "x": 640, "y": 180, "button": "wheel"}},
    ),
    "corner": ({**CLICK, "x": 999.99, "y": 999.99}, "click", {"x": 1279, "y": 719}),
    "double": ({**CLICK, "type": "double_click"}, "double-click", {"x": 640, "y": 180}),
    "triple": ({**CLICK, "type": "triple_click"}, "execute", {"action": {"type": "triple_click", "x": 640, "y": 180}}),
    "right": ({**CLICK, "type": "right_click"}, "right-click", {"x": 640, "y": 180}),
    "move": ({**CLICK, "type": "move"}, "execute", {"action": {"type": "move", "x": 640, "y": 180}}),
    "down": ({**CLICK, "type": "mouse_down"}, "mouse-down", {"x": 640, "y": 180}),
    "up": ({**CLICK, "type": "mouse_up"}, "mouse-up", {"x": 640, "y": 180}),
    "type": ({"type": "type", "text": SECRET}, "type", {"text": SECRET}),
    "key": ({"type": "key", "key": "ctrl+a"}, "hotkey", {"keys": ["ctrl", "a"]}),
    "keypress": ({"type": "keypress", "keys": ["ctrl", "a"]}, "hotkey", {"keys": ["ctrl", "a"]}),
    "key down": ({"type": "key_down", "keys": ["shift"]}, "key-down", {"key": "shift"}),
    "key up": ({"type": "key_up", "key": "shift"}, "key-up", {"key": "shift"}),
    "scroll": (
        {"type": "scroll", "x": 500, "y": 500, "scroll_x": 0, "scroll_y": 300},
        "scroll",
        {"dx": 0, "dy": 300, "x": 640, "y": 360},
    ),
    "scroll anywhere": ({"type": "scroll", "dx": 5, "dy": 0}, "scroll", {"dx": 5, "dy": 0}),
    "hscroll": ({"type": "hscroll", "amount": 120}, "scroll", {"dx": 120, "dy": 0}),
    "drag": (
        {"type": "drag", "path": [{"x": 0, "y": 0}, {"x": 500, "y": 500}]},
        "drag",
        {"x1": 0, "y1": 0, "x2": 640, "y2": 360},
    ),
    "wait": ({"type": "wait"}, "execute", {"action": {"type": "wait", "ms": 1000}}),
    "wait so long": ({"type": "wait", "ms": 250}, "execute", {"action": {"type": "wait", "ms": 250}}),
    "screenshot": ({"type": "screenshot"}, "screenshot", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
async def test_each_documented_action_is_one_call_of_the_usual_verbs(play: Play, name: str) -> None:
    action, verb, body = RUNS[name]
    path = f"/computers/{ID}/{verb}"
    play.service.scripts.setdefault(path, answer(body={"status": "SUCCESS", "result": {}}))
    reply = await play.run(action)
    assert reply.status_code == 200 and "Done" in reply.content.decode(), reply.content
    assert play.asked(path) == [body]
    rows = [(row.actor_name, row.outcome) for row in await audited() if row.target_name == "checkout-1"]
    assert rows[-2:] == [("Bob", "requested"), ("Bob", "succeeded")]
    assert SECRET not in json.dumps([row.detail for row in await audited()])


async def test_an_address_is_opened_as_from_the_cockpit(play: Play) -> None:
    assert (await play.run({"type": "navigate", "url": "example.com"})).status_code == 200
    (call,) = play.service.browser.calls("Page.navigate")
    assert call["params"]["url"] == "https://example.com/"
    assert [row.outcome for row in await audited() if row.action == "computer.navigate"][-1] == "succeeded"


async def test_point_and_type_is_both_and_stops_where_the_first_fails(play: Play) -> None:
    click, typing = f"/computers/{ID}/click", f"/computers/{ID}/type"
    play.service.scripts |= {each: answer(body={"status": "SUCCESS"}) for each in (click, typing)}
    action = {"type": "point_and_type", "x": 500, "y": 250, "text": "x"}
    assert (await play.run(action)).status_code == 200
    assert (len(play.asked(click)), play.asked(typing)) == (1, [{"text": "x"}])
    play.service.scripts[click] = answer(body={"status": "EXECUTION_ERROR", "error_message": "no page"})
    reply = await play.run(action)
    assert reply.status_code == 409 and "no page" in reply.content.decode()
    assert len(play.asked(typing)) == 1


@pytest.mark.parametrize(
    ("action", "why"),
    [
        ({"type": "done", "text": "bye"}, "nothing to run"),
        ({"type": "click", "x": 5000, "y": 1}, "outside the picture"),
        ({"type": "keypress", "keys": ["x" * 40]}, "key"),
        ({"type": "wait", "ms": 10**9}, "wait"),
        ({"type": "navigate", "url": "file:///etc/passwd"}, "cannot be opened"),
        ({"type": "scroll", "dx": 1e9, "dy": 0}, "between"),
    ],
)
async def test_what_must_not_be_run_is_refused_before_upstream_is_asked(
    play: Play, action: dict[str, Any], why: str
) -> None:
    reply = await play.run(action)
    assert 400 <= reply.status_code < 500 and why in html.unescape(reply.content.decode())
    assert not [request for request in play.service.requests if request.method == "POST"]


@pytest.mark.parametrize("fields", [{"action": "{"}, {"action": "x" * 70_000}, {"computer": ""}])
async def test_what_is_no_action_or_no_computer_is_refused(play: Play, fields: dict[str, str]) -> None:
    reply = await play.run(CLICK, **fields)
    assert reply.status_code == 422 and "errorlist" in reply.content.decode()


async def test_without_control_it_says_who_has_it(play: Play, alice: User) -> None:
    standing = await leases.standing(play.computer.pk)
    await leases.release(play.computer.pk, standing.epoch)
    reply = await play.run(CLICK)
    assert reply.status_code == 409 and "Take control first" in reply.content.decode()
    await leases.take(play.computer, Actor(alice, "alices-tab"))
    assert "Alice is driving this computer" in (await play.run(CLICK)).content.decode()
    assert not play.asked(f"/computers/{ID}/click")


async def test_a_computer_of_unknown_size_is_not_clicked_at_a_guess(play: Play) -> None:
    await unit(Computer.objects.filter(pk=play.computer.pk).update)(width=None, height=None)
    reply = await play.run(CLICK)
    assert reply.status_code == 409 and "size of checkout-1 is not known" in reply.content.decode()


# What the service keeps


async def test_a_stored_answer_is_looked_at_cancelled_and_deleted(play: Play) -> None:
    play.service.scripts |= {
        "/v1/responses/resp_1": answer(body=proposing(CLICK)),
        "/v1/responses/resp_1/cancel": answer(body=proposing(status="cancelled")),
    }
    got = await play.post("responses/stored/", response="resp_1", op="get")
    assert got.status_code == 200 and "Click at (500, 250)" in got.content.decode()
    cancelled = await play.post("responses/stored/", response="resp_1", op="cancel")
    assert "resp_1 is cancelled now." in cancelled.content.decode()
    play.service.scripts["/v1/responses/resp_1"] = answer(body={"deleted": True})
    deleted = await play.post("responses/stored/", response="resp_1", op="delete")
    assert "was deleted" in deleted.content.decode()
    actions = [row.action for row in await audited() if row.outcome == "succeeded"]
    assert actions == ["response.read", "response.cancel", "response.delete"]


async def test_a_service_that_cannot_cancel_says_so(play: Play) -> None:
    play.service.scripts["/v1/responses/resp_1"] = answer(body=proposing())
    reply = await play.post("responses/stored/", response="resp_1", op="cancel")
    assert reply.status_code == 409 and "answers 404, as the real one always does" in reply.content.decode()


@pytest.mark.parametrize(
    ("response", "status"), [("", 422), ("a b", 422), ("x" * 300, 422), ("..", 502), ("resp_2", 404)]
)
async def test_an_id_that_is_none_or_unknown_is_told(play: Play, response: str, status: int) -> None:
    reply = await play.post("responses/stored/", response=response, op="get")
    assert reply.status_code == status and "errorlist" in reply.content.decode()


# The page


async def test_models_are_listed_and_local_scripted_says_what_it_is(play: Play) -> None:
    play.service.scripts["/v1/models"] = answer(body={"data": [{"id": "local.scripted"}, {"id": "m"}]})
    page = (await play.client.get("/playground/models/", {**play.common}, headers=HEADERS)).content.decode()
    assert "no language model" in page and "<option selected>m</option>" in page


async def test_a_service_that_lists_none_leaves_a_name_to_be_typed(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("computers.upstream.models.MODELS_TIMEOUT", 0.1)
    for script in (answer(404, "404 page not found", "text/plain"), silence, answer(200, {"data": "x"})):
        play.service.scripts["/v1/models"] = script
        reply = await play.client.get("/playground/models/", {**play.common}, headers=HEADERS)
        assert reply.status_code == 200
        assert (
            "cannot be listed" in reply.content.decode()
            and '<input id="play-model"' in reply.content.decode()
        )


async def test_the_page_has_no_key_and_chooses_the_computer_that_it_is_told(play: Play) -> None:
    page = (await play.client.get("/playground/", {"computer": play.computer.public_id})).content.decode()
    assert "sk_test" not in page and "keeps nothing of what is said here" in page
    option = page.partition(f'<option value="{play.computer.public_id}"')[2].partition(">")[0]
    assert "selected" in option
