"""What others do joins the timeline; what we did ourselves does not come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from computers import timeline
from computers.models import Computer, Connection, Kind, TimelineEvent
from computers.timeline import Entry, follower, listening, ours
from computers.timeline.follower import Follower
from dashboard.database import unit
from dashboard.models import Outcome
from tests.computers import conftest
from tests.computers.conftest import fresh, soon
from tests.support.fake_upstream import ID, FakeUpstream, answer, fake_upstream, stream

PATH = f"/computers/{ID}/events"
SECRET = "correct horse battery staple"


def told(**fields: Any) -> bytes:
    return b"data: " + orjson.dumps(fields) + b"\n\n"


def done(request_id: str, action: str = "click", **fields: Any) -> bytes:
    asked = told(type="action_request", request_id=request_id, action=action, **fields)
    return asked + told(type="action_response", request_id=request_id, status="SUCCESS")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conftest, "SOON_SECONDS", 30.0)
    monkeypatch.setattr(follower, "SCAN_EVERY", 0.05)
    monkeypatch.setattr(follower, "HOLD", 0.2)
    monkeypatch.setattr(follower, "BACKOFF_FIRST", 0.05)
    monkeypatch.setattr(follower, "BACKOFF_MOST", 0.2)


@pytest.fixture
async def service(connection: Connection, settings: Settings) -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as running:
        settings.PRIVATE_UPSTREAMS = [running.url]
        changes = {"base_url": running.url, "reads_events": True}
        await unit(Connection.objects.filter(pk=connection.pk).update)(**changes)
        yield running


@pytest.fixture
async def followed(service: FakeUpstream, computer: Computer) -> Computer:
    await unit(Computer.objects.filter(pk=computer.pk).update)(upstream_id=ID, events_until=timezone.now())
    return await fresh(computer)


@pytest.fixture
async def running(followed: Computer) -> AsyncIterator[Follower]:
    one = Follower()
    await one.start()
    yield one
    await one.stop()


@unit
def others(computer: Computer) -> list[TimelineEvent]:
    return list(TimelineEvent.objects.filter(computer=computer, kind=Kind.UPSTREAM).order_by("number"))


async def several(computer: Computer, count: int) -> list[TimelineEvent]:
    """Their first entries, once there are so many."""

    async def there() -> bool:
        return len(await others(computer)) >= count

    await soon(there)
    return await others(computer)


async def test_what_others_do_is_told_with_how_it_ended(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    service.scripts[PATH] = stream(
        done("r1", x=10, y=20),
        told(type="action_request", request_id="r2", action="type", text=SECRET),
        told(request_id="r2", status="EXECUTION_ERROR", error_message="No field."),
    )
    clicked, typed = await several(followed, 2)
    assert (clicked.sentence, clicked.outcome) == ("somebody else: clicked (10, 20)", Outcome.SUCCEEDED)
    assert (clicked.actor_name, clicked.request_id) == ("", "r1")
    assert clicked.request == {"action": "click", "x": 10, "y": 20}
    assert (typed.sentence, typed.outcome) == (
        f"somebody else: typed {len(SECRET)} characters", Outcome.FAILED,
    )  # fmt: skip
    assert typed.result == {"error": "No field."}
    assert SECRET not in str([vars(row) for row in (clicked, typed)])


async def test_output_is_counted_and_not_kept(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    service.scripts[PATH] = stream(
        told(type="action_request", request_id="r1", action="exec", command="ls"),
        told(request_id="r1", data="aGVsbG8K", is_stderr=False) * 3,
        told(request_id="r1", exit_code=0),
    )
    (row,) = await several(followed, 1)
    assert (row.sentence, row.result) == (
        "somebody else: ran a command",
        {"output_bytes": 18, "exit_code": 0},
    )


async def test_what_we_did_ourselves_is_left_out(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    pk, public_id = followed.pk, followed.public_id
    timeline.note(pk, public_id, Entry(Kind.ACTION, "clicked", request_id="r-verb"))
    timeline.note(
        pk, public_id, Entry(Kind.ACTION, "ran a batch", result={"steps": [{"request_id": "r-step"}]})
    )
    timeline.note(pk, public_id, Entry(Kind.COMMAND, "ran ls", request={"command": "ls -l"}))
    await timeline.WRITER.flush()
    await ours.remember(pk, "r-live")
    command = told(type="action_request", request_id="r-x", action="exec", command="ls -l && pwd")
    service.scripts[PATH] = stream(
        *(done(id) for id in ("r-verb", "r-step", "r-live")),
        command + told(request_id="r-x", exit_code=0),
        done("r-other"),
    )
    (row,) = await several(followed, 1)
    assert row.request_id == "r-other"


async def test_what_was_refused_to_us_is_not_told_as_somebody_elses(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    # A refusal (400) names no request, yet the service may tell of it.
    refused = Entry(Kind.ACTION, "pressed ctrl+…", outcome=Outcome.FAILED, result={"error": "no such key"})
    timeline.note(followed.pk, followed.public_id, refused)
    await timeline.WRITER.flush()
    asked = told(type="action_request", request_id="r-refused", action="keypress", keys=["ctrl", SECRET])
    service.scripts[PATH] = stream(
        asked + told(request_id="r-refused", status="ERROR"), done("r-other"),
    )  # fmt: skip
    (row,) = await several(followed, 1)
    assert row.request_id == "r-other"


async def test_what_begins_while_a_task_of_ours_is_at_work_is_the_agents(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    await agent(followed, "running")
    service.scripts[PATH] = stream(done("r1", x=10, y=20))
    (row,) = await several(followed, 1)
    assert (row.actor_name, row.sentence, row.actor_id_copy) == ("Agent", "clicked (10, 20)", None)
    assert row.request == {"action": "click", "x": 10, "y": 20, "task": "Pay it"}


async def test_what_begins_while_it_is_paused_is_not(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    await agent(followed, "paused")
    service.scripts[PATH] = stream(done("r1", x=10, y=20))
    (row,) = await several(followed, 1)
    assert (row.actor_name, row.sentence) == ("", "somebody else: clicked (10, 20)")


@unit
def agent(computer: Computer, state: str) -> None:
    rows = Computer.objects.filter(pk=computer.pk)
    rows.update(agent_task="task", agent_label="Pay it", agent_state=state)


async def test_a_broken_stream_is_opened_anew_and_nothing_is_told_twice(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    service.scripts[PATH] = stream(done("r1"), b"data: {half", then_hang=False)
    await several(followed, 1)
    service.scripts[PATH] = stream(done("r1"), done("r2"))
    rows = await several(followed, 2)
    assert [row.request_id for row in rows] == ["r1", "r2"]


@pytest.mark.parametrize(
    "script",
    [
        answer(500, {"title": "no"}),
        answer(200, "not a stream", "text/plain"),
        answer(401, {}),
        stream(b"event: error\ndata: {}\n\n"),
    ],
)
async def test_an_odd_answer_is_survived(
    script: Any, service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    service.scripts[PATH] = script

    async def asked() -> bool:
        return len(service.asked(PATH)) >= 2

    await soon(asked)
    service.scripts[PATH] = stream(done("r1"))
    (row,) = await several(followed, 1)
    assert row.request_id == "r1"


async def test_switched_off_the_stream_is_closed(
    service: FakeUpstream, followed: Computer, running: Follower
) -> None:
    service.scripts[PATH] = stream(done("r1"))
    await several(followed, 1)
    assert running._listeners
    await unit(Connection.objects.update)(reads_events=False)

    async def closed() -> bool:
        return not running._listeners

    await soon(closed)
    count = len(service.asked(PATH))
    await asyncio.sleep(0.5)
    assert len(service.asked(PATH)) == count


async def test_a_connection_that_is_not_switched_on_is_never_asked(
    service: FakeUpstream, followed: Computer
) -> None:
    await unit(Connection.objects.update)(reads_events=False)
    assert await listening.claim("first") == {}


async def test_one_process_reads_a_computer_and_a_dead_ones_is_taken_over(followed: Computer) -> None:
    assert list(await listening.claim("first")) == [followed.pk]
    assert await listening.claim("second") == {}
    assert list(await listening.claim("first")) == [followed.pk]
    await unit(Computer.objects.update)(events_until=timezone.now() - timedelta(seconds=1))
    assert list(await listening.claim("second")) == [followed.pk]
    assert await listening.claim("first") == {}
    await listening.release("second")
    assert list(await listening.claim("first")) == [followed.pk]


async def test_the_number_of_streams_is_bounded(followed: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "STREAMS_LIMIT", 0)
    assert await listening.claim("first") == {}


async def test_a_computer_that_ended_is_not_read(followed: Computer) -> None:
    await unit(Computer.objects.update)(gone_at=timezone.now())
    assert await listening.claim("first") == {}
