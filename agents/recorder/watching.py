"""Upstream's status of a task, asked again and again, and our own watchdog: upstream leaves some `running` for ever."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from agents.models import Task
from agents.record import ACTS_BESIDE, beside
from agents.states import State
from dashboard.database import unit

#: Between two questions for the status while the stream is read, and while there is none: first, most. Seconds.
BESIDE_STREAM, POLL_FIRST, POLL_MOST = 5.0, 1.0, 10.0
#: A status that says it is over is believed so long after the stream has said nothing of it, seconds.
END_GRACE = 8.0
#: So many answers in a row that upstream does not know the task, and it is lost.
UNKNOWN_TIMES = 3
#: A running task without an event for this long is flagged, seconds; and one whose steps cannot be seen.
SILENT_AFTER, UNSEEN_AFTER = 300.0, 3600.0
#: How far a task may be over its own limits before that is said, seconds.
OVER_BY = 60.0


@unit
def stuck_why(pk: int, seen: bool) -> str | None:
    """The watchdog's sentence, empty while all is well; None when it already says so."""
    task = Task.objects.filter(pk=pk).first()
    if task is None:
        return None
    why = _why(task, timezone.now(), seen) if task.state in (State.STARTING, State.RUNNING) else ""
    return None if why == task.stuck_why else why


def _why(task: Task, now: datetime, seen: bool) -> str:
    if task.stuck_why == ACTS_BESIDE and beside(task):
        return ACTS_BESIDE
    most_steps, most_seconds = task.wish.get("max_steps"), task.wish.get("max_duration_seconds")
    if isinstance(most_steps, int) and task.acts > most_steps:
        return f"It goes on beyond its limit of {most_steps} steps."
    began = task.sent_at or task.made_at
    if isinstance(most_seconds, int) and (now - began).total_seconds() > most_seconds + OVER_BY:
        return f"It goes on beyond its limit of {most_seconds} seconds."
    silent = (now - (task.last_event_at or began)).total_seconds()
    if seen and silent > SILENT_AFTER:
        return f"Nothing has been heard of it for {int(silent // 60)} minutes."
    if not seen and silent > UNSEEN_AFTER:
        return f"It has been running for {int((now - began).total_seconds() // 60)} minutes, unseen."
    return ""
