"""What a change of a task means for whoever is waited for. Pure but for the time of day."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from agents.models import Task

#: Nobody is waited for.
SETTLED: dict[str, Any] = {"needs_human_since": None, "needs_human_why": ""}
#: Why a task that is quiet at a form to sign in needs somebody.
AT_SIGN_IN = (
    "It sits at a form to sign in: the page shows a password field, and no step has come for a while."
)
#: What says that somebody is.
FIELDS = frozenset({"needs_human_since", "needs_human_why", "stuck_why", "stuck_since"})


def waiting(task: Task, changes: dict[str, Any]) -> dict[str, Any]:
    """What goes along with `changes`: how long it has waited counts from the first time that it needed somebody, and a
    claim lasts as long as the need."""

    def after(name: str) -> Any:
        return changes.get(name, getattr(task, name))

    needed, stuck = after("needs_human_since"), after("stuck_why")
    found = {
        "needs_human_since": (task.needs_human_since or needed) if needed else None,
        "stuck_since": (task.stuck_since or timezone.now()) if stuck else None,
    }
    return found if any(found.values()) else {**found, "claimed_by_id": None}
