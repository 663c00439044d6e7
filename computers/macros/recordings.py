"""The rows of recordings: who records on a computer, which entries belong to it, and what was typed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from django.utils import timezone

from computers.macros.steps import MOST_STEPS
from computers.models import Computer, RecordedText, Recording, TimelineCounter, TimelineEvent
from dashboard.background import Sweeper
from dashboard.database import atomic_unit, unit
from dashboard.permissions import Actor

#: What was typed is forgotten this long after it was, whether a macro was made of it or not, hours.
KEPT_HOURS = 24
#: Between two looks for it, seconds.
SWEEP_EVERY = 600.0
#: How an entry is found that says a recording ended.
ENDED_KEY = "recording ended "


@dataclass(frozen=True, slots=True)
class Span:
    """The entries of one recording: from the first to the one that says that it ended."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a macro is made of: each entry's step and what was typed in it, if that was kept."""

    entries: list[tuple[Any, str]]
    left_out: int


@unit
def of_computer(computer_pk: int) -> Recording | None:
    """Who records there now."""
    return Recording.objects.select_related("user", "computer").filter(computer_id=computer_pk).first()


@unit
def is_on(computer_pk: int, actor: Actor) -> bool:
    """Whether this person records there from this very tab."""
    return Recording.objects.filter(computer_id=computer_pk, user=actor.user, client=actor.client).exists()


@atomic_unit
def begin(computer: Computer, actor: Actor) -> Recording | None:
    """Record from the next entry on; None if somebody does already."""
    if Recording.objects.filter(computer=computer).exists():
        return None
    TimelineCounter.objects.get_or_create(computer=computer)
    counter = TimelineCounter.objects.select_for_update().get(computer=computer)
    return Recording.objects.create(
        computer=computer, user=actor.user, client=actor.client, first_number=counter.last + 1
    )


@unit
def forget(pk: int) -> bool:
    """The recording is over. Whether this call ended it."""
    return bool(Recording.objects.filter(pk=pk).delete()[0])


@unit
def ended_at(computer_pk: int, recording_pk: int) -> int:
    """The number of the entry that says so; 0 as long as there is none."""
    key = f"{ENDED_KEY}{recording_pk}"
    found = TimelineEvent.objects.filter(computer_id=computer_pk, key=key).values_list("number", flat=True)
    return found.first() or 0


@unit
def latest(computer_pk: int, user_pk: int) -> Span | None:
    """The person's last recording there of which something that was typed is still kept."""
    lately = TimelineEvent.objects.filter(
        computer_id=computer_pk,
        actor_id_copy=user_pk,
        key__startswith=ENDED_KEY,
        at__gte=timezone.now() - timedelta(hours=KEPT_HOURS),
    )
    event = lately.order_by("-number").first()
    first = event.result.get("first") if event and isinstance(event.result, dict) else None
    return Span(first, event.number) if event and isinstance(first, int) else None


@unit
def taken(computer_pk: int, user_pk: int, span: Span | None = None, numbers: Sequence[int] = ()) -> Taken:
    """The steps of a recording (only what this person did), or of chosen entries; texts only of this person's."""
    rows = TimelineEvent.objects.filter(computer_id=computer_pk).exclude(step=None)
    if span is not None:
        rows = rows.filter(number__gte=span.first, number__lte=span.last, actor_id_copy=user_pk)
    else:
        rows = rows.filter(number__in=list(numbers))
    events = list(rows.order_by("number")[: MOST_STEPS + 1])
    texts = _texts([event.pk for event in events if event.actor_id_copy == user_pk])
    found = [(event.step, texts.get(event.pk, "")) for event in events[:MOST_STEPS]]
    return Taken(found, rows.count() - len(found))


def _texts(pks: list[int]) -> dict[int, str]:
    found = {}
    for pk in RecordedText.objects.filter(event_id__in=pks).values_list("pk", flat=True):
        try:
            row = RecordedText.objects.get(pk=pk)
        except (InvalidToken, RecordedText.DoesNotExist):
            continue  # The step asks for its text instead.
        found[row.event_id] = row.text
    return found


@unit
def forget_texts(computer_pk: int, user_pk: int, span: Span | None, numbers: Sequence[int]) -> int:
    """Delete what this person typed in these entries: a macro has it now, or nobody wants it."""
    rows = RecordedText.objects.filter(event__computer_id=computer_pk, event__actor_id_copy=user_pk)
    if span is not None:
        rows = rows.filter(event__number__gte=span.first, event__number__lte=span.last)
    else:
        rows = rows.filter(event__number__in=list(numbers))
    return rows.defer("text").delete()[0]


@unit
def forget_old() -> int:
    """Delete what was typed longer ago than `KEPT_HOURS`."""
    old = timezone.now() - timedelta(hours=KEPT_HOURS)
    return RecordedText.objects.filter(event__at__lt=old).defer("text").delete()[0]


class RecordedTextSweeper(Sweeper):
    """The service that forgets old texts. Run any number of these."""

    every = SWEEP_EVERY

    async def sweep(self) -> None:
        """Forget all whose time is over."""
        await forget_old()
