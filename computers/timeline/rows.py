"""Entries become rows: one transaction for a batch, numbers without gaps in the order of the batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from computers.models import Computer, RecordedText, Recording, TimelineCounter, TimelineEvent
from computers.timeline import tidy
from computers.timeline.entry import Entry
from dashboard.database import unit


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry on its way, and whose it is."""

    computer_pk: int
    public_id: str
    entry: Entry


@unit
def write(batch: list[Noted]) -> dict[str, int]:
    """Number and store the batch; the last number of each computer that got one, by its public id.

    Entries of a computer that was deleted are dropped, and those whose `key` is there already.
    """
    names = dict(
        Computer.objects.filter(pk__in={noted.computer_pk for noted in batch}).values_list("pk", "public_id")
    )
    kept = [noted for noted in batch if names.get(noted.computer_pk) == noted.public_id]
    if not kept:
        return {}
    pks = sorted({noted.computer_pk for noted in kept})
    _make_counters(pks)
    with transaction.atomic():
        return _numbered(kept, pks)


def _make_counters(pks: list[int]) -> None:
    """Outside the transaction that locks them: who inserts waits for others, and must not hold a lock meanwhile."""
    there = set(TimelineCounter.objects.filter(computer_id__in=pks).values_list("computer_id", flat=True))
    missing = [TimelineCounter(computer_id=pk) for pk in pks if pk not in there]
    if missing:
        TimelineCounter.objects.bulk_create(missing, ignore_conflicts=True)


def _numbered(batch: list[Noted], pks: list[int]) -> dict[str, int]:
    # Always in the same order, so that two processes never wait for each other. (On SQLite the transaction began with
    # the lock on everything.)
    locked = TimelineCounter.objects.select_for_update().filter(computer_id__in=pks).order_by("computer_id")
    counters = {counter.computer_id: counter for counter in locked}
    known = _keys(batch)
    rows: list[tuple[Noted, TimelineEvent]] = []
    for noted in batch:
        counter = counters.get(noted.computer_pk)
        key = tidy.word(noted.entry.key, tidy.KEY_LENGTH)
        if counter is None or (key and (noted.computer_pk, key) in known):
            continue
        if key:
            known.add((noted.computer_pk, key))
        counter.last += 1
        rows.append((noted, _row(noted, counter.last)))
    TimelineEvent.objects.bulk_create([row for _, row in rows])
    changed = {noted.computer_pk: noted.public_id for noted, _ in rows}
    TimelineCounter.objects.bulk_update([counters[pk] for pk in changed], ["last"])
    _keep_typed(rows)
    return {public_id: counters[pk].last for pk, public_id in changed.items()}


def _keys(batch: Iterable[Noted]) -> set[tuple[int, str]]:
    """The keys of the batch that are there already."""
    keyed = [noted for noted in batch if noted.entry.key]
    if not keyed:
        return set()
    found = TimelineEvent.objects.filter(
        computer_id__in={noted.computer_pk for noted in keyed},
        key__in={tidy.word(noted.entry.key, tidy.KEY_LENGTH) for noted in keyed},
    )
    return set(found.values_list("computer_id", "key"))


def _row(noted: Noted, number: int) -> TimelineEvent:
    entry = noted.entry
    id, name = entry.by
    return TimelineEvent(
        computer_id=noted.computer_pk,
        number=number,
        at=entry.at,
        kind=entry.kind,
        actor_id_copy=id,
        actor_name=tidy.line(name, tidy.NAME_LENGTH),
        sentence=tidy.line(entry.sentence, tidy.SENTENCE_LENGTH),
        outcome=entry.outcome or "",
        milliseconds=None if entry.milliseconds is None else min(max(entry.milliseconds, 0), 2**31 - 1),
        request=tidy.json(entry.request),
        result=tidy.json(entry.result),
        request_id=tidy.word(entry.request_id, tidy.REQUEST_ID_LENGTH),
        step=tidy.json(entry.step),
        key=tidy.word(entry.key, tidy.KEY_LENGTH),
    )


def _keep_typed(rows: list[tuple[Noted, TimelineEvent]]) -> None:
    """What was typed is kept only for whoever records on that computer from that tab, and nowhere but here."""
    typed = [(noted, row) for noted, row in rows if noted.entry.typed and noted.entry.actor]
    if not typed:
        return
    recordings = Recording.objects.filter(computer_id__in={noted.computer_pk for noted, _ in typed})
    recording = {(one.computer_id, one.user_id, one.client) for one in recordings}
    RecordedText.objects.bulk_create(
        RecordedText(event=row, text=noted.entry.typed)
        for noted, row in typed
        if (actor := noted.entry.actor) and (noted.computer_pk, actor.user.pk, actor.client) in recording
    )
