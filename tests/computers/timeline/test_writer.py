"""Entries get their numbers in the order in which they were noted, whoever notes them and however many at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError

from computers import timeline
from computers.models import Computer, Kind, RecordedText, Recording, TimelineCounter
from computers.timeline import Entry, writer
from computers.timeline.rows import Noted, write
from dashboard import live
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor

from ..conftest import soon
from .conftest import saying, sentences, written

SECRET = "correct horse battery staple"


def note(computer: Computer, *entries: Entry) -> None:
    for entry in entries:
        timeline.note(computer.pk, computer.public_id, entry)


async def test_entries_are_numbered_from_one_in_the_order_they_were_noted(computer: Computer) -> None:
    note(computer, *(saying(f"did {number}") for number in range(1200)))
    rows = await written(computer)
    assert [row.number for row in rows] == list(range(1, 1201))
    assert [row.sentence for row in rows] == [f"did {number}" for number in range(1200)]


async def test_each_computer_counts_for_itself(computers: list[Computer]) -> None:
    one, other, *_ = computers
    for number in range(3):
        note(one, saying(f"one {number}"))
        note(other, saying(f"other {number}"))
    assert [row.number for row in await written(one)] == [1, 2, 3]
    assert await sentences(other) == ["other 0", "other 1", "other 2"]


async def test_an_entry_is_written_by_itself_a_moment_later(
    computer: Computer, hearing: Callable[..., Any]
) -> None:
    async with hearing(live.computer_group(computer.public_id)) as news:
        note(computer, saying("clicked"), saying("clicked again"))
        await soon(lambda: news)
    assert [(one.kind, one.payload) for one in news] == [("timeline", {"last": 2})]


async def test_a_units_thread_may_note_too(computer: Computer) -> None:
    @unit
    def from_a_thread(text: str) -> None:
        note(computer, saying(text))

    await asyncio.gather(*(from_a_thread(f"thread {number}") for number in range(20)))
    assert sorted(await sentences(computer)) == sorted(f"thread {number}" for number in range(20))


def test_outside_of_every_loop_nothing_is_noted_and_nothing_fails(
    computer: Computer, caplog: pytest.LogCaptureFixture
) -> None:
    note(computer, saying("clicked"))
    assert "Nothing could be noted" in caplog.text


async def test_of_several_with_one_key_the_first_counts(computer: Computer) -> None:
    note(computer, saying("ended", key="gone"), saying("moved on"), saying("ended too", key="gone"))
    assert await sentences(computer) == ["ended", "moved on"]
    note(computer, saying("ended once more", key="gone"), saying("still there"))
    rows = await written(computer)
    assert [(row.number, row.sentence) for row in rows] == [
        (1, "ended"), (2, "moved on"), (3, "still there"),
    ]  # fmt: skip


async def test_the_name_of_who_did_it_is_copied(computer: Computer, as_bob: Actor) -> None:
    note(computer, saying("clicked", actor=as_bob), saying("was clicked"))
    mine, nobodys = await written(computer)
    assert (mine.actor_name, mine.actor_id_copy) == ("Bob", as_bob.user.pk)
    assert (nobodys.actor_name, nobodys.actor_id_copy) == ("", None)


async def test_what_does_not_fit_a_column_is_made_to_fit(computer: Computer) -> None:
    odd = {"text": "a\0b\ud800", "number": float("nan"), "deep": [{"x": 2**70}], "object": object()}
    note(
        computer,
        Entry(Kind.ACTION, "x\ny\0" + "z" * 1000, request=odd, result={"html": "x" * 200_000}, milliseconds=-5,
              request_id="r" * 500, key="k" * 500),
        saying("went on"),
    )  # fmt: skip
    row, after = await written(computer)
    assert len(row.sentence) == 300 and row.sentence.startswith("x y z")
    assert row.request and row.result
    assert row.request["text"].startswith("a") and row.request["number"] is None
    assert list(row.result) == ["left out"]
    assert (len(row.request_id), len(row.key), row.milliseconds) == (128, 160, 0)
    assert after.sentence == "went on"


async def test_entries_of_a_deleted_computer_keep_no_other_back(
    computers: list[Computer],
) -> None:
    deleted, other, *_ = computers
    pk = deleted.pk
    await unit(deleted.delete)()
    deleted.pk = pk
    note(deleted, saying("lost"))
    note(other, saying("kept"))
    assert await sentences(other) == ["kept"]


async def test_a_full_queue_is_itself_noted_as_one_gap(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING_LIMIT", 10)
    note(computer, *(saying(f"did {number}") for number in range(25)))
    await sentences(computer)
    note(computer, saying("after"))
    expected = [
        *(f"did {number}" for number in range(10)),
        "15 more things happened than could be noted here",
    ]
    assert await sentences(computer) == [*expected, "after"]


async def test_a_database_that_is_away_is_waited_for(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    attempts = []

    async def away(batch: list[Noted]) -> dict[str, int]:
        attempts.append([noted.entry.sentence for noted in batch])
        if len(attempts) < 3:
            raise OperationalError(SECRET)
        return await write(batch)

    monkeypatch.setattr(writer, "write", away)
    monkeypatch.setattr(writer, "AGAIN_FIRST", 0.01)
    note(computer, saying("first"), saying("second"))
    assert await sentences(computer) == ["first", "second"]
    assert attempts == [["first", "second"]] * 3
    assert SECRET not in caplog.text


async def test_one_that_the_database_refuses_does_not_keep_the_others_back(
    computer: Computer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def picky(batch: list[Noted]) -> dict[str, int]:
        if any(noted.entry.sentence == "poison" for noted in batch):
            raise ValueError("no")
        return await write(batch)

    monkeypatch.setattr(writer, "write", picky)
    note(computer, saying("before"), saying("poison"), saying("after"))
    with caplog.at_level(logging.CRITICAL):
        assert await sentences(computer) == ["before", "after"]


async def test_two_writers_at_once_leave_no_gap_and_keep_each_ones_order(
    computers: list[Computer],
) -> None:
    """Two processes are two writers with connections of their own; here they are threads with loops of their own."""

    def process(name: str) -> None:
        async def work() -> None:
            for number in range(150):
                # The one goes through them in the one order, the other in the other.
                for computer in computers if name == "a" else reversed(computers):
                    note(computer, saying(f"{name} {number}"))
                if number % 10 == 0:
                    await asyncio.sleep(0.01)
            await timeline.WRITER.flush()

        asyncio.run(work())

    with ThreadPoolExecutor(2) as pool:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(pool, process, name) for name in "ab"))
    for computer in computers:
        rows = await written(computer)
        assert [row.number for row in rows] == list(range(1, 301))
        for name in "ab":
            mine = [row.sentence for row in rows if row.sentence.startswith(name)]
            assert mine == [f"{name} {number}" for number in range(150)]


async def test_the_end_of_the_process_waits_for_what_was_noted(computer: Computer) -> None:
    service = timeline.Written()
    await service.start()
    note(computer, saying("at the last moment"))
    await service.stop()
    assert await unit(TimelineCounter.objects.get)(computer=computer)


# --- what was typed ------------------------------------------------------------------------------------------------


@unit
def _record(computer: Computer, user: User, client: str) -> None:
    Recording.objects.create(computer=computer, user=user, client=client, first_number=1)


@unit
def _recorded() -> list[tuple[int, str]]:
    return [(one.event.number, one.text) for one in RecordedText.objects.select_related("event")]


async def test_typed_text_is_kept_while_its_typist_records(computer: Computer, as_bob: Actor) -> None:
    await _record(computer, as_bob.user, as_bob.client)
    note(computer, saying("typed 28 characters", actor=as_bob, typed=SECRET))
    (row,) = await written(computer)
    assert await _recorded() == [(1, SECRET)]
    assert SECRET not in str({name: value for name, value in vars(row).items() if name != "_state"})


@pytest.mark.parametrize("who", ["nobody", "another tab", "another person", "another computer"])
async def test_otherwise_it_is_dropped(
    who: str, computers: list[Computer], as_bob: Actor, as_alice: Actor
) -> None:
    computer, other, *_ = computers
    if who != "nobody":
        place = other if who == "another computer" else computer
        person = as_alice if who == "another person" else as_bob
        await _record(place, person.user, "another" if who == "another tab" else as_bob.client)
    note(computer, saying("typed 28 characters", actor=as_bob, typed=SECRET))
    assert await sentences(computer) == ["typed 28 characters"]
    assert await _recorded() == []


def test_an_entry_does_not_show_what_was_typed() -> None:
    assert SECRET not in repr(saying("typed", typed=SECRET))
