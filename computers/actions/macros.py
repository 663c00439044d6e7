"""Macros: saved under a name in the team, deleted, and run as one batch on any computer of the team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from computers.actions.allowed import permit
from computers.actions.batch import StepResult, batch
from computers.actions.edges import scale_of
from computers.actions.places import in_picture_pixels
from computers.actions.refusal import Refused
from computers.macros import store
from computers.macros.steps import Step, filled
from computers.macros.store import Opened
from computers.models import Computer, Macro
from dashboard.audit import Target, recorded
from dashboard.permissions import Action, Actor


async def create(actor: Actor, team_id: int, name: str, steps: Sequence[Step]) -> Macro:
    """A new macro of the team."""
    await permit(actor, Action.MANAGE_MACROS, team_id)
    target = Target(team_id, "macro:new", name.strip())
    async with recorded(actor, Action.MANAGE_MACROS, target, verb="create", steps=len(steps)) as found:
        macro = await store.create(actor.user, team_id, name, steps)
        found["macro"] = macro.pk
    return macro


async def change(actor: Actor, macro: Opened, seen: str, name: str, steps: Sequence[Step]) -> None:
    """Save over the version that the person saw; `Refused` if there is a newer one."""
    await permit(actor, Action.MANAGE_MACROS, macro.team_id)
    target = Target(macro.team_id, f"macro:{macro.pk}", macro.name)
    async with recorded(actor, Action.MANAGE_MACROS, target, verb="change", name=name, steps=len(steps)):
        await store.change(macro, seen, name, steps)


async def delete(actor: Actor, macro: Opened) -> None:
    """Delete it."""
    await permit(actor, Action.MANAGE_MACROS, macro.team_id)
    target = Target(macro.team_id, f"macro:{macro.pk}", macro.name)
    async with recorded(actor, Action.MANAGE_MACROS, target, verb="delete"):
        await store.delete(macro.pk)


async def run(actor: Actor, computer: Computer, macro: Opened, texts: dict[int, Any]) -> list[StepResult]:
    """Run it in one call; one result for each step. `texts` are what it asks for, by the step's place."""
    if macro.team_id != computer.connection.team_id:
        raise Macro.DoesNotExist
    if macro.steps is None:
        raise Refused(store.UNREADABLE, "unreadable")
    scale = scale_of(computer)
    steps = [in_picture_pixels(step, scale) for step in filled(macro.steps, texts)]
    sentence = f"ran the macro {macro.name}"
    return await batch(actor, computer, steps, Action.RUN_MACRO, sentence, macro=macro.name)
