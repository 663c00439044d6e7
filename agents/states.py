"""What a task can be, and what it can become. Only upstream's word, or its silence, moves a task."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    """A task's state. Whether it needs a person is said beside it."""

    STARTING = "starting", "starting"
    RUNNING = "running", "running"
    PAUSED = "paused", "paused"
    COMPLETED = "completed", "completed"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"
    LOST = "lost", "outcome unknown"


#: What may follow what. `lost`: upstream does not know it any more, or its stream ended without an outcome and there is
#: no id to ask for one.
NEXT: dict[State, frozenset[State]] = {
    State.STARTING: frozenset(set(State) - {State.STARTING}),
    State.RUNNING: frozenset(set(State) - {State.STARTING, State.RUNNING}),
    State.PAUSED: frozenset(set(State) - {State.STARTING, State.PAUSED}),
    State.COMPLETED: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
    State.LOST: frozenset(),
}
OVER = frozenset(state for state, following in NEXT.items() if not following)
UNFINISHED = frozenset(set(State) - OVER)


def may_follow(before: str, after: str) -> bool:
    """Whether a task in state `before` may be in state `after` next."""
    return State(after) in NEXT[State(before)]
