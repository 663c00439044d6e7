"""Start forms that a team keeps."""

from __future__ import annotations

from typing import Any

from agents.models import Template
from computers.actions.allowed import permit
from computers.actions.refusal import Invalid
from dashboard.audit import Target, recorded
from dashboard.database import atomic_unit
from dashboard.permissions import Action, Actor

#: Longest name, characters: the column's size.
NAME_LIMIT = 80


async def save(actor: Actor, team_id: int, name: str, fields: dict[str, Any]) -> None:
    """Keep the form under that name; one of the same name is replaced."""
    await permit(actor, Action.MANAGE_TEMPLATES, team_id)
    name = name.strip()
    if not 0 < len(name) <= NAME_LIMIT or not name.isprintable():
        raise Invalid(f"A name has 1 to {NAME_LIMIT} characters, all of them visible.", "template_name")
    async with recorded(actor, Action.MANAGE_TEMPLATES, Target(team_id, "template", name)):
        await _write(actor, team_id, name, fields)


@atomic_unit
def _write(actor: Actor, team_id: int, name: str, fields: dict[str, Any]) -> None:
    values = {"fields": fields, "made_by": actor.user}
    Template.objects.update_or_create(team_id=team_id, name=name, defaults=values)
