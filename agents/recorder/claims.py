"""Which process records which task: a claim on the row, renewed while its process lives."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from agents.models import Step, Task
from agents.states import OVER
from dashboard.database import unit

#: A claim that is not renewed runs out after this long, seconds: a dead process's tasks are then taken over.
CLAIM_SECONDS = 10.0
#: Tasks of one process: one more is recorded by another process, or waits.
TASKS_LIMIT = 400
#: Pictures of a task that is over are still copied so long after its end.
PICTURES_FOR = timedelta(hours=1)


@unit
def claim(process: str, recorded: set[int]) -> set[int]:
    """Renew what is ours and claim what is free, by conditional UPDATEs; what is ours now.

    What is `recorded` here stays ours until its recording is done: a task that is over still has its exit code and its
    last pictures to come.
    """
    now = timezone.now()
    pending = Exists(Step.objects.filter(task=OuterRef("pk")).exclude(picture_url=""))
    lately = Q(finished_at__gt=now - PICTURES_FOR) & pending
    free = Q(recorder=process) | Q(recorder_until__lt=now)
    wanted = ~Q(state__in=OVER) | lately | Q(recorder=process, pk__in=recorded)
    rows = Task.objects.filter(wanted).filter(free)
    # Ours first, so that a process at its limit keeps what it has.
    found = sorted(rows.values_list("pk", "recorder"), key=lambda row: row[1] != process)
    pks = [pk for pk, _ in found[:TASKS_LIMIT]]
    if not pks:
        return set()
    Task.objects.filter(free, pk__in=pks).update(
        recorder=process, recorder_until=now + timedelta(seconds=CLAIM_SECONDS)
    )
    return set(Task.objects.filter(pk__in=pks, recorder=process).values_list("pk", flat=True))


@unit
def release(process: str) -> None:
    """Give up every claim, so that another process need not wait for it to run out."""
    Task.objects.filter(recorder=process).update(recorder="", recorder_until=timezone.now())


@unit
def read(pk: int) -> Task | None:
    """The row with what a recorder needs."""
    return Task.objects.select_related("connection__team", "computer", "started_by").filter(pk=pk).first()


@unit
def was_sent(pk: int) -> bool:
    """Whether upstream may know of it."""
    return Task.objects.filter(pk=pk).exclude(sent_at=None).exists()


@unit
def pending_pictures(pk: int) -> list[tuple[int, str]]:
    """The steps whose pictures are not copied yet, oldest first."""
    rows = Step.objects.filter(task_id=pk).exclude(picture_url="").order_by("number")
    return list(rows.values_list("pk", "picture_url"))
