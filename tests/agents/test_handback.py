"""Handing back: input released, the note sent, the task resumed, control released. What fails keeps control."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from agents.actions import handback, steering, takeover
from agents.actions.handback import Kept
from agents.actions.takeover import NotStopped
from agents.stranded import Stranded
from computers import leases, timeline, turns
from computers.actions import control
from computers.actions.refusal import Invalid, Refused
from computers.models import Computer, ControlLease, Kind
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor
from tests.agents.conftest import audit, fresh, loaded, steps, until, until_state
from tests.agents.driven import Driven, computer, driven, holds, row_of
from tests.support.fake_agents import FakeAgents
from tests.support.screens import consumer_screen
from tests.support.sockets import sign_in

__all__ = ["computer", "driven"]

pytestmark = pytest.mark.usefixtures("quick_to_confirm")


async def did(computer: Computer, actor: Actor, sentence: str, kind: Kind = Kind.INPUT, **more: Any) -> None:
    timeline.note(computer.pk, computer.public_id, timeline.Entry(kind, sentence, actor, **more))


async def test_the_agent_goes_on_with_the_note_and_nobody_drives(
    driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = driven
    done = await handback.hand_back(as_bob, task, " I signed in. ")
    assert (done.confirmed, done.sentence) == (True, "You handed back. It is running again.")
    assert (theirs.status, theirs.messages) == ("running", ["I signed in."])
    assert (await leases.standing(computer.pk)).free
    row = await fresh(task)
    assert (row.state, row.taken_by_id, (await row_of(computer)).agent_state) == ("running", None, "running")
    assert [step.kind for step in await steps(task) if step.ours] == ["taken_over", "message", "handed_back"]
    assert [line[1:] for line in await audit()][-2:] == [
        ("task.hand_back", "requested"),
        ("task.hand_back", "succeeded"),
    ]
    await Stranded().sweep()
    assert (await fresh(task)).needs_human_since is None


async def test_without_a_note_nothing_is_sent(driven: Driven, as_bob: Actor) -> None:
    task, theirs = driven
    await handback.hand_back(as_bob, task, "  \n ")
    assert (theirs.status, theirs.messages) == ("running", [])
    with pytest.raises(Invalid):
        await handback.hand_back(as_bob, task, "x" * (steering.MESSAGE_LIMIT + 1))


async def test_the_note_says_what_the_person_did_and_nothing_they_typed(
    driven: Driven, computer: Computer, as_bob: Actor, as_alice: Actor
) -> None:
    assert await handback.note_for(as_bob, computer) == ""
    await did(computer, as_bob, "clicked (412, 300)")
    await did(computer, as_bob, "typed 12 characters", typed="correct horse")
    await did(computer, as_alice, "took a screenshot", Kind.ACTION)
    await did(computer, as_bob, "opened https://example.org/", Kind.ACTION)
    note = await handback.note_for(as_bob, computer)
    assert note.splitlines() == [
        "While you were paused I did this myself:",
        "- clicked (412, 300)",
        "- typed 12 characters",
        "- opened https://example.org/",
        "Look again, and go on from here.",
    ]
    for number in range(handback.NOTE_ENTRIES):
        await did(computer, as_bob, f"pressed {number}")
    lines = (await handback.note_for(as_bob, computer)).splitlines()
    assert len(lines) == handback.NOTE_ENTRIES + 3 and lines[1] == "- (3 earlier things)"
    assert len("\n".join(lines)) < steering.MESSAGE_LIMIT


async def test_what_is_pressed_is_released_before_the_agent_goes_on(
    agents: FakeAgents, driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = driven
    held = {"buttons": {"left": [10.0, 20.0]}, "modifiers": {"ShiftLeft": "Shift"}, "tab": "T1"}
    await unit(ControlLease.objects.update)(held=held)
    released_first: list[bool] = []
    resume = agents.upstream.scripts[f"/agent/tasks/{theirs.id}/resume"]

    async def watched(*wires: Any) -> None:
        kinds = [kind for kind, _ in agents.upstream.browser.inputs]
        released_first.append("mouseReleased" in kinds and "keyUp" in kinds)
        await resume(*wires)

    agents.upstream.scripts[f"/agent/tasks/{theirs.id}/resume"] = watched
    await handback.hand_back(as_bob, task, "")
    assert released_first == [True] and await leases.held_input(computer.pk) == {}


@pytest.mark.parametrize(
    ("path", "step", "told"), [("messages", "sending the note", []), ("resume", "resuming the task", ["hi"])]
)
async def test_a_step_that_fails_keeps_control_and_is_named(
    agents: FakeAgents,
    driven: Driven,
    computer: Computer,
    as_bob: Actor,
    path: str,
    step: str,
    told: list[str],
) -> None:
    task, theirs = driven
    agents.answers(f"/agent/tasks/{theirs.id}/{path}", 409, {"detail": "not now"})
    with pytest.raises(Kept, match=f"stopped at {step}.*not now.*You still have control"):
        await handback.hand_back(as_bob, task, "hi")
    assert await holds(computer, as_bob) and theirs.messages == told
    assert ((await fresh(task)).state, (await row_of(computer)).agent_state) == ("paused", "paused")
    assert (await audit())[-1][1:] == ("task.hand_back", "failed")


async def test_what_cannot_be_let_go_of_keeps_control(
    agents: FakeAgents,
    driven: Driven,
    computer: Computer,
    as_bob: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("computers.actions.stilled.LET_GO_WITHIN", 0.3)
    task, theirs = driven
    await unit(ControlLease.objects.update)(held={"buttons": {"left": [1.0, 2.0]}, "modifiers": {}})
    agents.answers("/devtools", 503)
    with pytest.raises(Kept, match="releasing your input"):
        await handback.hand_back(as_bob, task, "")
    assert await holds(computer, as_bob) and theirs.status == "paused"


async def test_a_resume_that_is_ignored_keeps_control(
    agents: FakeAgents, driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = driven
    agents.answers(f"/agent/tasks/{theirs.id}/resume", 200, {"status": "resuming"})
    with pytest.raises(Kept, match="asked to go on and did not"):
        await handback.hand_back(as_bob, task, "")
    assert await holds(computer, as_bob)


async def test_to_a_task_that_has_ended_says_so_and_control_stays(
    driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = driven
    theirs.status, theirs.exit_code = "failed", 1
    with pytest.raises(Kept, match="The task is over: failed"):
        await handback.hand_back(as_bob, task, "hi")
    assert await holds(computer, as_bob) and theirs.messages == []
    await until_state(task, "failed")
    with pytest.raises(Refused, match="This task is over"):
        await handback.hand_back(as_bob, await loaded(task), "")
    assert await holds(computer, as_bob)
    await control.release(as_bob, await row_of(computer))
    await Stranded().sweep()
    assert (await fresh(task)).needs_human_since is None


async def test_only_by_whoever_drives_and_from_their_tab(
    driven: Driven, as_bob: Actor, as_alice: Actor, vera: User
) -> None:
    task, _ = driven
    with pytest.raises(Refused, match="Bob is driving"):
        await handback.hand_back(as_alice, task, "")
    with pytest.raises(Refused, match="another tab"):
        await handback.hand_back(Actor(as_bob.user, "other-tab"), task, "")
    with pytest.raises(PermissionDenied):
        await handback.hand_back(Actor(vera, "tab"), task, "")


async def test_nobody_else_resumes_it_meanwhile(
    driven: Driven, computer: Computer, as_alice: Actor, as_bob: Actor
) -> None:
    task, _ = driven
    with pytest.raises(Refused, match="Bob is driving"):
        await steering.resume(as_alice, task)
    await turns.begin_handing_back(computer, as_bob)
    with pytest.raises(Refused, match="Bob is handing back here just now"):
        await steering.resume(as_alice, task)


async def test_a_computer_that_dies_while_a_person_drives_is_said(
    driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, _ = driven
    await unit(Computer.objects.filter(pk=computer.pk).update)(
        gone_at=timezone.now(), gone_reason="idle limit"
    )
    for verb in (handback.hand_back(as_bob, task, ""), takeover.take_over(as_bob, task)):
        with pytest.raises(Refused, match="has ended: idle limit") as refused:
            await verb
        assert not isinstance(refused.value, NotStopped)


async def test_the_page_that_drove_lets_go_of_every_key_and_may_go_on_if_it_fails(
    agents: FakeAgents, driven: Driven, computer: Computer, as_bob: Actor
) -> None:
    task, theirs = driven
    async with consumer_screen(computer.public_id, await sign_in(as_bob.user), as_bob.client) as screen:
        await screen.shown()
        await screen.until(lambda: screen.of("control") and screen.of("control")[-1]["you_hold"])
        await screen.key("down", "a", "KeyA", text="a")
        await screen.press(10, 20)
        await until(lambda: _count(agents, 2))
        agents.answers(f"/agent/tasks/{theirs.id}/messages", 409, {"detail": "not now"})
        with pytest.raises(Kept):
            await handback.hand_back(as_bob, task, "hi")
        await screen.until(lambda: not screen.of("control")[-1]["you_hold"])
        await screen.heard("control", turn=None, you_hold=False, holder={"name": "Bob", "you": True}, epoch=1)
        released = {kind for kind, _ in agents.upstream.browser.inputs}
        assert {"keyUp", "mouseReleased"} <= released
        await screen.click(1, 1)
        await screen.heard("error", code="stale_lease")
        await screen.take_control()
        await screen.key("down", "b", "KeyB", text="b")
        await until(lambda: _pressed(agents, "b"))
        await handback.hand_back(as_bob, task, "")
        await screen.heard("control", holder=None, turn=None)
        assert _up(agents, "b")


async def _count(agents: FakeAgents, many: int) -> bool:
    return len(agents.upstream.browser.inputs) >= many


async def _pressed(agents: FakeAgents, key: str) -> bool:
    return ("keyDown", key) in [(kind, p.get("key")) for kind, p in agents.upstream.browser.inputs]


def _up(agents: FakeAgents, key: str) -> bool:
    return ("keyUp", key) in [(kind, p.get("key")) for kind, p in agents.upstream.browser.inputs]
