"""Recording a macro: begun by the driver, ended by them or with their control; and macros that run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from computers.actions import control, macros, recording
from computers.actions.refusal import Refused
from computers.macros import recordings, store
from computers.models import Computer, Kind, Macro, RecordedText, Recording, TimelineEvent
from computers.timeline import WRITER, Entry, note
from dashboard.database import unit
from dashboard.models import AuditEvent, Team
from dashboard.permissions import Actor
from tests.computers.conftest import FakeLink, audit
from tests.computers.stub import Answer, Upstream


@unit
def texts() -> list[str]:
    return [row.text for row in RecordedText.objects.order_by("pk")]


@unit
def recorded() -> int:
    return Recording.objects.count()


def type_text(computer: Computer, actor: Actor, text: str) -> None:
    entry = Entry(Kind.INPUT, "typed", actor, step={"type": "type"}, typed=text)
    note(computer.pk, computer.public_id, entry)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process drives here, so none closes what is open."""
    monkeypatch.setattr(recording, "LAST_ENTRY_WITHIN", 0.1)


async def test_only_the_driver_records_and_only_one_at_a_time(
    computer: Computer, as_bob: Actor, as_vera: Actor, link: FakeLink
) -> None:
    with pytest.raises(Refused, match="Take control first"):
        await recording.start(as_bob, computer)
    with pytest.raises(PermissionDenied):
        await recording.start(as_vera, computer)
    await control.take(as_bob, computer)
    await recording.start(as_bob, computer)
    with pytest.raises(Refused, match="being recorded on this computer already"):
        await recording.start(as_bob, computer)


async def test_what_is_typed_is_kept_from_the_start_to_the_stop(
    computer: Computer, as_bob: Actor, as_alice: Actor, link: FakeLink
) -> None:
    await control.take(as_bob, computer)
    type_text(computer, as_bob, "before")
    await recording.start(as_bob, computer)
    type_text(computer, as_bob, "during")
    type_text(computer, as_alice, "somebody else's")
    with pytest.raises(Refused, match="No macro is being recorded from here"):
        await recording.stop(as_alice, computer)
    span = await recording.stop(as_bob, computer)
    type_text(computer, as_bob, "after")
    await WRITER.flush()
    assert await texts() == ["during"]
    taken = await recordings.taken(computer.pk, as_bob.user.pk, span)
    assert taken.entries == [({"type": "type"}, "during")]
    assert ("Bob", "macro.record", "succeeded") in await audit()


async def test_it_ends_with_control_and_can_still_be_edited(
    computer: Computer, as_bob: Actor, link: FakeLink
) -> None:
    await control.take(as_bob, computer)
    await recording.start(as_bob, computer)
    type_text(computer, as_bob, "during")
    await control.release(as_bob, computer)
    assert await recorded() == 0
    span = await recordings.latest(computer.pk, as_bob.user.pk)
    assert span is not None
    taken = await recordings.taken(computer.pk, as_bob.user.pk, span)
    assert taken.entries == [({"type": "type"}, "during")]


async def test_what_was_typed_is_forgotten_after_a_day(
    computer: Computer, as_bob: Actor, link: FakeLink
) -> None:
    await control.take(as_bob, computer)
    await recording.start(as_bob, computer)
    type_text(computer, as_bob, "during")
    await WRITER.flush()
    assert await recordings.forget_old() == 0
    await _age(computer)
    assert await recordings.forget_old() == 1
    assert await texts() == []


@unit
def _age(computer: Computer) -> None:
    TimelineEvent.objects.filter(computer=computer).update(at=timezone.now() - timedelta(hours=25))


async def test_a_macro_runs_as_one_batch_and_its_texts_are_told_nobody(
    computer: Computer, as_bob: Actor, link: FakeLink, upstream: Upstream, team: Team
) -> None:
    steps = [{"type": "wait", "ms": 1}, {"type": "type", "ask": "Password", "hide": True}]
    macro = await macros.create(as_bob, team.pk, "Log in", steps)
    opened = await store.opened(as_bob.user, macro.pk)
    await control.take(as_bob, computer)
    batch = f"/computers/{computer.upstream_id}/batch"
    failed = {"status": "FAILED", "error_message": "no sesame-7531 here"}
    upstream.says("POST", batch, Answer(body={"results": [{"status": "SUCCESS"}, failed]}))
    computer = await _fresh(computer)
    results = await macros.run(as_bob, computer, opened, {1: "sesame-7531"})
    assert [result.ok for result in results] == [True, False]
    assert [each.body["actions"][1]["text"] for each in upstream.requests if each.path == batch] == [
        "sesame-7531"
    ]
    await WRITER.flush()
    assert "sesame" not in await _everything()
    assert "ran the macro Log in, which stopped at step 2" in await _everything()
    with pytest.raises(Refused, match="Password is empty"):
        await macros.run(as_bob, computer, opened, {})


@unit
def _fresh(computer: Computer) -> Computer:
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


@unit
def _everything() -> str:
    return str([*TimelineEvent.objects.values(), *AuditEvent.objects.values()])


async def test_a_macro_of_another_team_is_not_found(
    computer: Computer, as_bob: Actor, as_charlie: Actor
) -> None:
    macro = await macros.create(as_charlie, await _team_of(as_charlie), "Theirs", [{"type": "screenshot"}])
    with pytest.raises(Macro.DoesNotExist):
        await store.opened(as_bob.user, macro.pk)
    theirs = await store.opened(as_charlie.user, macro.pk)
    with pytest.raises(Macro.DoesNotExist):
        await macros.run(as_bob, computer, theirs, {})


@unit
def _team_of(actor: Actor) -> int:
    return actor.user.memberships.get().team_id
