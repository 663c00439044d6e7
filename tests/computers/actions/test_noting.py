"""What is typed, an environment's values and an address's password are in no row and no reply, however deep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from computers import leases, timeline
from computers.actions import generic, keys, tabs
from computers.actions.batch import batch
from computers.actions.noting import noted, repeatable, secrets_of
from computers.models import Computer, ControlLease, TimelineEvent
from computers.upstream.errors import Mistaken, UpstreamError
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor
from tests.computers.conftest import fresh
from tests.computers.stub import Answer, Upstream
from tests.computers.views.conftest import HTMX

S = "hunter2-unseen"

#: What people send, with the secret somewhere in it.
ACTIONS: list[dict[str, Any]] = [
    {"type": "debug", "command": f"echo $A {S}", "env": {"A": S}},
    {"type": "debug", "debug": {"command": "echo $A", "cwd": "/", "env": {"A": S}}},
    {"type": "batch", "actions": [{"type": "type", "text": S}]},
    {"type": "type", "text": "x", "list": [{"text": S}]},
    {"type": "type", "text": S},
    {"type": "foo", "password": S},
    {"type": "click", "x": S, "y": 2},
    {"type": "click", "x": 1, "y": 2, "button": S, S: 1},
    {"type": "drag", "path": [{"x": 1, "y": S}]},
    {"type": "keypress", "keys": [S]},
    {"type": "keypress", "keys": ["ctrl", S]},
    {"type": "keypress", "keys": S},
    {"type": "key_down", "key": S},
    {"type": "go_to_url", "url": f"http://ada:{S}@example.org/"},
    {"type": "new_tab", "url": f"http://ada:{S}@example.org/"},
    {"type": "change_proxy", "proxy_url": f"http://ada:{S}@proxy.example:8080"},
]
ODD_ANSWERS: list[Any] = [
    {"status": "SUCCESS", "result": {"stdout": f"{S}\n", S: [S]}, "page_context": {"url": f"/?q={S}"}},
    {"status": "error", "error_message": f"cannot do {S!r}", "request_id": "req_1"},
    Answer(400, {"detail": f"There is no key called {S!r}."}),
]


@unit
def _rows() -> str:
    kept = [[row.sentence, row.request, row.result, row.step] for row in TimelineEvent.objects.all()]
    assert kept
    return json.dumps([kept, [row.detail for row in AuditEvent.objects.all()]], ensure_ascii=False)


async def _driven(actor: Actor, computer: Computer) -> Computer:
    await leases.take(computer, actor)
    return await fresh(computer)


@pytest.mark.parametrize("answer", range(len(ODD_ANSWERS)))
@pytest.mark.parametrize("place", range(len(ACTIONS)))
async def test_no_row_and_no_reply_repeats_a_secret(
    as_bob: Actor, computer: Computer, upstream: Upstream, place: int, answer: int
) -> None:
    told, action = ODD_ANSWERS[answer], ACTIONS[place]
    path = f"/computers/{computer.upstream_id}"
    upstream.says("POST", f"{path}/execute", told)
    upstream.says("POST", f"{path}/batch", told if isinstance(told, Answer) else {"results": [told]})
    driven = await _driven(as_bob, computer)
    replies: list[Any] = []
    for act in (
        lambda: generic.execute(as_bob, driven, dict(action)),
        lambda: batch(as_bob, driven, [dict(action)]),
    ):
        try:
            replies.append(await act())
        except UpstreamError as error:
            replies.append(error)
    await timeline.WRITER.flush()
    assert upstream.asked("POST", f"{path}/execute") and upstream.asked("POST", f"{path}/batch")
    assert S not in repr(replies) + await _rows()


async def test_an_addresses_password_is_in_no_step(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    path = f"/computers/{computer.upstream_id}/tabs"
    upstream.says("POST", path, {"result": {"tab_id": "T2"}})
    await tabs.create(as_bob, await _driven(as_bob, computer), f"http://ada:{S}@example.org/")
    await timeline.WRITER.flush()
    (asked,) = upstream.asked("POST", path)
    assert asked.body == {"url": f"http://ada:{S}@example.org/"}
    rows = await _rows()
    assert S not in rows and '"url": "http://example.org/"' in rows


@pytest.mark.parametrize(
    ("verb", "endpoint"), [(keys.hotkey, "hotkey"), (keys.key_down, "key-down"), (keys.key_up, "key-up")]
)
@pytest.mark.parametrize("name", ["hunter2", "é"])
async def test_what_is_no_key_may_be_a_text(
    as_bob: Actor, computer: Computer, upstream: Upstream, verb: Any, endpoint: str, name: str
) -> None:
    upstream.says(
        "POST",
        f"/computers/{computer.upstream_id}/{endpoint}",
        Answer(400, {"detail": f"No key called {name!r}."}),
    )
    with pytest.raises(Mistaken, match="No key called '…'") as refused:
        await verb(as_bob, await _driven(as_bob, computer), name)
    await timeline.WRITER.flush()
    assert name not in str(refused.value) + await _rows()
    assert not (await leases.pressed(computer.pk)).get("keys")


async def test_typing_the_name_of_a_member_does_not_break_the_answer(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    told = {"results": [{"status": "SUCCESS", "result": {}}]}
    upstream.says("POST", f"/computers/{computer.upstream_id}/batch", told)
    (found,) = await batch(as_bob, await _driven(as_bob, computer), [{"type": "type", "text": "results"}])
    assert found.ok


@pytest.mark.parametrize(
    ("action", "kept", "step"),
    [
        ({"type": "click", "x": 1, "y": 2, "button": "left"}, None, True),
        ({"type": "keypress", "keys": ["ctrl", "c"]}, None, True),
        ({"type": "keypress", "keys": ["Shift", "Tab"]}, None, True),
        ({"type": "keypress", "keys": ["q"]}, {"type": "keypress", "keys": "(characters)"}, False),
        ({"type": "keypress", "keys": ["shift", "q"]}, {"type": "keypress", "keys": "(characters)"}, False),
        ({"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}, None, True),
        ({"type": "type", "text": "ab"}, {"type": "type", "text": "(2 characters)"}, True),
        ({"type": "x" * 30, "a": 1}, {"type": "x" * 20 + "…", "…": "…"}, False),
        ({"type": "wait", "ms": 5, "request_id": "r-1"}, None, True),
    ],
)
def test_what_is_known_to_be_harmless_is_noted(action: Any, kept: Any, step: bool) -> None:
    assert noted(action) == (kept or action)
    assert (repeatable(action) is not None) is step


def test_a_secret_is_looked_for_as_it_is_written_elsewhere_too() -> None:
    assert set(secrets_of({"type": "go_to_url", "url": "http://a:p%40ss@h/"})) >= {"p%40ss", "p@ss"}


@pytest.fixture
def driving(client: Client, computer: Computer, bob: User) -> Client:
    ControlLease.objects.create(computer=computer, epoch=1, holder=bob, client="tab")
    client.force_login(bob)
    return client


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [("hotkey", "keys", "hunter2"), ("key-down", "key", "hunter2"),
     ("execute", "step", '{"type": "keypress", "keys": ["hunter2"]}')],
)  # fmt: skip
def test_upstreams_no_is_shown_beside_the_field(
    driving: Client, computer: Computer, upstream: Upstream, form: str, field: str, said: str
) -> None:
    upstream.says(
        "POST",
        f"/computers/{computer.upstream_id}/{form}",
        Answer(400, {"detail": "There is no key called 'hunter2'."}),
    )
    answer = driving.post(
        f"/computers/{computer.public_id}/actions/{form}/",
        {field: said},
        headers={**HTMX, "X-Lightdeck-Client": "tab"},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="act-{form}-{field}_error"' in page and "There is no key called" in page
    assert "called &#x27;hunter2" not in page
