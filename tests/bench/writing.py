"""The process that (e) measures: it notes for twenty computers at a steady rate and says what became of it, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from computers import timeline  # noqa: E402
from computers.models import Computer, Connection, Kind, TimelineEvent  # noqa: E402
from computers.timeline import Entry, writer  # noqa: E402
from dashboard import live  # noqa: E402
from dashboard.database import unit  # noqa: E402
from dashboard.models import Team  # noqa: E402

COMPUTERS, RATE = 20, 50.0


@unit
def prepare() -> list[Computer]:
    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Bench", slug="bench")
    connection = Connection.objects.create(
        team=team, name="Bench", base_url="http://127.0.0.1:9", api_key="sk_b"
    )
    made = [Computer(connection=connection, upstream_id=f"comp_{number}") for number in range(COMPUTERS)]
    return Computer.objects.bulk_create(made)


@unit
def stored(pk: int) -> list[tuple[int, str]]:
    return list(
        TimelineEvent.objects.filter(computer_id=pk).order_by("number").values_list("number", "sentence")
    )


@unit
def bare(pk: int, entries: int, batch: int) -> float:
    """CPU seconds for the same rows in batches of the same size, with nothing around them."""
    before = time.thread_time()
    for first in range(0, entries, batch):
        TimelineEvent.objects.bulk_create(
            TimelineEvent(computer_id=pk, number=10**9 + number, kind=Kind.INPUT, sentence=f"clicked ({number}, 0)",
                          step={"type": "click", "x": number, "y": 0})
            for number in range(first, min(entries, first + batch))
        )  # fmt: skip
    return time.thread_time() - before


async def work(seconds: float) -> dict[str, Any]:
    computers = await prepare()
    count = int(RATE * seconds)
    noted = {one.public_id: [0.0] * (count + 1) for one in computers}
    lags: list[float] = []
    told = dict.fromkeys(noted, 0)

    publish = live.publish

    async def tap(group: str, kind: str, **payload: Any) -> None:
        """The moment of the news: the rows are committed, and every page is told."""
        now, id = time.perf_counter(), group.removeprefix("computer.")
        if kind == writer.NEWS:
            lags.extend(now - noted[id][number] for number in range(told[id] + 1, payload["last"] + 1))
            told[id] = payload["last"]
        await publish(group, kind, **payload)

    live.publish = tap
    before, started = time.process_time(), time.perf_counter()
    for number in range(1, count + 1):
        for one in computers:
            noted[one.public_id][number] = time.perf_counter()
            step = {"type": "click", "x": number, "y": 0}
            timeline.note(one.pk, one.public_id, Entry(Kind.INPUT, f"clicked ({number}, 0)", step=step))
        await asyncio.sleep(max(0.0, started + number / RATE - time.perf_counter()))
    took = time.perf_counter() - started
    await timeline.WRITER.flush()
    used = time.process_time() - before
    rows = {one.pk: await stored(one.pk) for one in computers}
    right = [(number, f"clicked ({number}, 0)") for number in range(1, count + 1)]
    entries = count * COMPUTERS
    return {
        "entries": entries,
        "dropped": entries - sum(map(len, rows.values())),
        "reordered": sum(
            found != wanted for each in rows.values() for found, wanted in zip(each, right, strict=False)
        ),
        "rate": entries / took,
        "cpu": used / entries,
        "share": used / took,
        "bare": await bare(computers[0].pk, entries, 50) / entries,
        "lags": lags,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(float(sys.argv[1])))), flush=True)
