"""Every verb over REST: what it asks of upstream, who may, and what is remembered of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from computers import leases, timeline
from computers.actions import Refused, control, generic, keys, life, network, pointer, screen, tabs
from computers.actions.batch import NOT_RUN, batch
from computers.models import Computer
from computers.upstream.errors import ActionFailed, NotUnderstood
from dashboard.database import unit
from dashboard.models import AuditEvent
from dashboard.permissions import Actor
from tests.computers.conftest import audit, fresh
from tests.computers.stub import Answer, Upstream
from tests.support.pictures import jpeg_of

Verb = Callable[[Actor, Computer], Awaitable[Any]]
SUCCESS = {"status": "SUCCESS", "request_id": "req_7", "result": {}}
DEEP_SECRET = "hunter2-unseen"

#: verb → its endpoint, the body that reaches it, and what the timeline says.
VERBS: dict[str, tuple[Verb, str, dict[str, Any], str]] = {
    "click": (lambda a, c: pointer.click(a, c, 1, 2), "click", {"x": 1, "y": 2}, "clicked (1, 2)"),
    "double": (
        lambda a, c: pointer.double_click(a, c, 1, 2, "T1"),
        "double-click",
        {"x": 1, "y": 2, "tab_id": "T1"},
        "double-clicked (1, 2)",
    ),
    "right": (
        lambda a, c: pointer.right_click(a, c, 1.5, 2),
        "right-click",
        {"x": 1.5, "y": 2},
        "right-clicked (2, 2)",
    ),
    "drag": (
        lambda a, c: pointer.drag(a, c, 1, 2, 3, 4),
        "drag",
        {"x1": 1, "y1": 2, "x2": 3, "y2": 4},
        "dragged (1, 2) → (3, 4)",
    ),
    "scroll": (lambda a, c: pointer.scroll(a, c, 0, 300), "scroll", {"dx": 0, "dy": 300}, "scrolled by (0, 300)"),
    "type": (
        lambda a, c: keys.type_text(a, c, DEEP_SECRET),
        "type",
        {"text": DEEP_SECRET},
        f"typed {len(DEEP_SECRET)} characters",
    ),
    "hotkey": (lambda a, c: keys.hotkey(a, c, "ctrl+c"), "hotkey", {"keys": ["ctrl", "c"]}, "pressed ctrl+c"),
    "letter": (lambda a, c: keys.hotkey(a, c, "q"), "hotkey", {"keys": ["q"]}, "pressed a character"),
    "key down": (lambda a, c: keys.key_down(a, c, "shift"), "key-down", {"key": "shift"}, "holds shift down"),
    "key up": (lambda a, c: keys.key_up(a, c, "shift"), "key-up", {"key": "shift"}, "let go of shift"),
    "mouse down": (
        lambda a, c: pointer.mouse_down(a, c, 1, 2),
        "mouse-down",
        {"x": 1, "y": 2},
        "pressed the mouse at (1, 2)",
    ),
    "mouse up": (
        lambda a, c: pointer.mouse_up(a, c, 1, 2),
        "mouse-up",
        {"x": 1, "y": 2},
        "let go of the mouse at (1, 2)",
    ),
    "execute": (
        lambda a, c: generic.execute(a, c, {"type": "type", "text": DEEP_SECRET}),
        "execute",
        {"action": {"type": "type", "text": DEEP_SECRET}},
        "executed type",
    ),
    "viewport": (
        lambda a, c: screen.viewport(a, c, 800, 600, 2.0),
        "viewport",
        {"width": 800, "height": 600, "scale_factor": 2.0},
        "set the size to 800 × 600 at 2",
    ),
    "proxy": (
        lambda a, c: network.change_proxy(a, c, f"http://ada:{DEEP_SECRET}@proxy.example:8080"),
        "change-proxy",
        {"proxy_url": f"http://ada:{DEEP_SECRET}@proxy.example:8080"},
        "set the proxy to http://proxy.example:8080",
    ),
}  # fmt: skip


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[timeline.Entry]:
    """What was noted, oldest first."""
    noted: list[timeline.Entry] = []

    def note(_pk: int, _id: str, entry: timeline.Entry) -> None:
        noted.append(entry)

    monkeypatch.setattr(timeline, "note", note)
    return noted


def _path(computer: Computer, verb: str) -> str:
    return f"/computers/{computer.upstream_id}/{verb}"


async def _driven(actor: Actor, computer: Computer) -> Computer:
    await leases.take(computer, actor)
    return await fresh(computer)


@unit
def _every_detail() -> str:
    return json.dumps([row.detail for row in AuditEvent.objects.all()])


@pytest.mark.parametrize("name", VERBS)
async def test_a_verb_is_one_call_audited_and_told(
    as_bob: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry], name: str
) -> None:
    verb, endpoint, body, sentence = VERBS[name]
    upstream.says("POST", _path(computer, endpoint), SUCCESS)
    await verb(as_bob, await _driven(as_bob, computer))
    assert [request.body for request in upstream.asked("POST", _path(computer, endpoint))] == [body]
    assert [outcome for _, _, outcome in await audit()] == ["requested", "succeeded"]
    (entry,) = entries
    assert (entry.sentence, entry.actor, entry.request_id) == (sentence, as_bob, "req_7")
    kept = json.dumps([entry.sentence, entry.request, entry.result, entry.step])
    assert DEEP_SECRET not in kept + await _every_detail()


@pytest.mark.parametrize("name", VERBS)
async def test_a_verb_needs_the_lease(
    as_bob: Actor, computer: Computer, upstream: Upstream, name: str
) -> None:
    with pytest.raises(Refused, match="Take control first"):
        await VERBS[name][0](as_bob, await fresh(computer))
    assert upstream.requests == []


@pytest.mark.parametrize("name", VERBS)
async def test_a_viewer_may_do_none_of_it(
    as_vera: Actor, computer: Computer, upstream: Upstream, name: str
) -> None:
    with pytest.raises(PermissionDenied):
        await VERBS[name][0](as_vera, await fresh(computer))
    assert upstream.requests == []


async def test_a_failed_action_says_why_and_keeps_the_request_id(
    as_bob: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry]
) -> None:
    failed = {"status": "EXECUTION_ERROR", "error_message": "No such tab", "request_id": "req_9"}
    upstream.says("POST", _path(computer, "click"), failed)
    with pytest.raises(ActionFailed, match="No such tab"):
        await pointer.click(as_bob, await _driven(as_bob, computer), 1, 2)
    assert (entries[0].outcome, entries[0].request_id) == ("failed", "req_9")


async def test_a_service_that_repeats_a_secret_is_not_repeated(
    as_bob: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry]
) -> None:
    told = {"status": "error", "error_message": f"proxy ada:{DEEP_SECRET}@proxy.example refused"}
    upstream.says("POST", _path(computer, "change-proxy"), told)
    with pytest.raises(ActionFailed) as refused:
        await VERBS["proxy"][0](as_bob, await _driven(as_bob, computer))
    assert DEEP_SECRET not in str(refused.value) + str(entries[0].result) + await _every_detail()


async def test_a_batch_stops_at_the_first_failure(
    as_bob: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry]
) -> None:
    results = [SUCCESS, {"status": "error", "error_message": "net::ERR_CONNECTION_REFUSED"}]
    upstream.says("POST", _path(computer, "batch"), {"executed": 2, "total": 3, "results": results})
    steps = [
        {"type": "wait"},
        {"type": "go_to_url", "url": "example.org"},
        {"type": "type", "text": DEEP_SECRET},
    ]
    found = await batch(as_bob, await _driven(as_bob, computer), steps)
    assert [(each.ok, each.status) for each in found] == [
        (True, "SUCCESS"),
        (False, "error"),
        (False, NOT_RUN),
    ]
    assert "refused the connection" in found[1].error
    (asked,) = upstream.asked("POST", _path(computer, "batch"))
    assert asked.body["actions"][1]["url"] == "https://example.org/"
    assert entries[0].sentence == "ran a batch of 3, which stopped at step 2"
    assert DEEP_SECRET not in json.dumps([entries[0].request, entries[0].result])


@pytest.mark.parametrize("odd", [[SUCCESS], {"result": {"results": [SUCCESS]}}])
async def test_a_batch_is_understood_in_other_shapes(
    as_bob: Actor, computer: Computer, upstream: Upstream, odd: Any
) -> None:
    upstream.says("POST", _path(computer, "batch"), Answer(body=odd))
    (found,) = await batch(as_bob, await _driven(as_bob, computer), [{"type": "wait"}])
    assert found.ok


async def test_a_screenshot_is_fetched_with_the_key_from_its_own_host_only(
    as_bob: Actor, computer: Computer, upstream: Upstream, entries: list[timeline.Entry]
) -> None:
    upstream.says("POST", _path(computer, "screenshot"), {"result": {"screenshot_url": "/shots/1.jpeg"}})
    upstream.says("GET", "/shots/1.jpeg", Answer(404))
    with pytest.raises(Exception, match="cannot be fetched"):
        await screen.screenshot(as_bob, await fresh(computer))
    (asked,) = upstream.asked("GET", "/shots/1.jpeg")
    assert asked.headers["Authorization"] == "Bearer sk_test"
    assert entries[0].outcome == "failed"


async def test_a_picture_in_the_answer_is_kept(as_bob: Actor, computer: Computer, upstream: Upstream) -> None:
    data = "data:image/jpeg;base64," + base64.b64encode(jpeg_of(4, 4)).decode()
    upstream.says("POST", _path(computer, "screenshot"), {"result": {"image": data}})
    capture = await screen.screenshot(as_bob, await fresh(computer))
    assert capture.media_type == "image/jpeg"


async def test_an_answer_without_a_picture_is_a_sentence(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    upstream.says("POST", _path(computer, "screenshot"), {"result": {"data": "%%%"}})
    with pytest.raises(NotUnderstood, match="no picture"):
        await screen.screenshot(as_bob, await fresh(computer))


@pytest.mark.parametrize(
    ("answer", "id"),
    [
        ({"result": {"created_tab_id": "T2"}}, "T2"),
        ({"result": {"tab_id": "T2"}}, "T2"),
        ({"executed_tab_id": "T2"}, "T2"),
        ({}, "T3"),
    ],
)
async def test_a_new_tabs_id_is_found_wherever_it_stands(
    as_bob: Actor, computer: Computer, upstream: Upstream, answer: Any, id: str
) -> None:
    upstream.says("POST", _path(computer, "tabs"), Answer(body=answer))
    listed = {"tabs": [{"id": "T1"}, {"id": "T3", "is_active": True}]}
    upstream.says("GET", _path(computer, "tabs"), Answer(body=listed))
    assert await tabs.create(as_bob, await _driven(as_bob, computer)) == id
    assert (await fresh(computer)).main_tab == id


async def test_a_tab_that_is_gone_is_not_the_computers_end(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    upstream.says("GET", f"/computers/{computer.upstream_id}", {"id": computer.upstream_id})
    with pytest.raises(ActionFailed, match="no such tab"):
        await tabs.close(as_bob, await _driven(as_bob, computer), "T9")


async def test_what_was_pressed_is_released_when_driving_ends(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    for verb in ("key-down", "mouse-down", "key-up", "mouse-up"):
        upstream.says("POST", _path(computer, verb), SUCCESS)
    driven = await _driven(as_bob, computer)
    await keys.key_down(as_bob, driven, "shift", "T1")
    await pointer.mouse_down(as_bob, driven, 5, 6)
    assert await leases.pressed(computer.pk)
    await control.release(as_bob, driven)
    assert [each.body for each in upstream.asked("POST", _path(computer, "mouse-up"))] == [
        {"x": 5.0, "y": 6.0}
    ]
    assert [each.body for each in upstream.asked("POST", _path(computer, "key-up"))] == [
        {"key": "shift", "tab_id": "T1"}
    ]
    assert await leases.pressed(computer.pk) == {}


async def test_what_cannot_be_released_stays_noted_for_whoever_drives_next(
    as_bob: Actor, as_alice: Actor, computer: Computer, upstream: Upstream
) -> None:
    upstream.says("POST", _path(computer, "key-down"), SUCCESS)
    upstream.says("POST", _path(computer, "key-up"), [Answer(503, {}), SUCCESS])
    driven = await _driven(as_bob, computer)
    await keys.key_down(as_bob, driven, "shift")
    await control.release(as_bob, driven)
    assert await leases.pressed(computer.pk)
    await control.take(as_alice, await fresh(computer))
    assert await leases.pressed(computer.pk) == {}


async def test_a_hold_is_bounded_and_ended_by_anybody_who_may(
    as_bob: Actor, as_alice: Actor, computer: Computer, upstream: Upstream
) -> None:
    upstream.says("POST", _path(computer, "keepalive"), {})
    await life.hold_open(as_bob, await fresh(computer))
    hold = await life.standing(computer.pk)
    assert hold is not None and hold.name == "Bob"
    await life.let_go(as_alice, await fresh(computer))
    assert await life.standing(computer.pk) is None
