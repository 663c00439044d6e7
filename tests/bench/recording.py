"""The dashboard's side of (g), in processes of its own: `prepare`, `record` until killed, `report`."""

from __future__ import annotations

import asyncio
import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from agents.models import Step, Task  # noqa: E402
from agents.recorder import Recorder  # noqa: E402
from computers.models import Connection  # noqa: E402
from dashboard.models import Team  # noqa: E402


def prepare(url: str, count: int) -> None:
    """An empty database with so many tasks that nobody has started."""
    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Bench", slug="bench")
    connection = Connection.objects.create(
        team=team, name="Bench", base_url=url, api_key="sk_bench", attaches_tasks=True
    )
    for number in range(count):
        said = f"task {number}"
        Task.objects.create(connection=connection, instruction=said, wish={"instruction": said})


async def record() -> None:
    """As the web process does, until it is killed."""
    await Recorder().start()
    print("recording", flush=True)
    await asyncio.Event().wait()


def unfinished() -> None:
    """How many are not over."""
    print(json.dumps({"left": Task.objects.unfinished().count()}), flush=True)


def report(steps: int) -> None:
    """What is wrong with the record, and how late each step was read, ms."""
    wrong, lags = 0, []
    for task in Task.objects.all():
        rows = list(Step.objects.filter(task=task).order_by("number"))
        said = [row for row in rows if row.kind == "thinking"]
        whole = [row.text.split()[0] for row in said] == [str(number) for number in range(steps)]
        numbered = [row.number for row in rows] == list(range(1, len(rows) + 1))
        wrong += not (whole and numbered and task.state == "completed" and not task.gaps)
        lags += [(row.at.timestamp() - float(row.text.split()[1])) * 1000 for row in said]
    print(json.dumps({"wrong": wrong, "steps": Step.objects.count(), "lags": lags}), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare", url, count]:
            prepare(url, int(count))
        case ["record"]:
            asyncio.run(record())
        case ["unfinished"]:
            unfinished()
        case ["report", steps]:
            report(int(steps))
