"""The computer of a task that opened one of its own: its row, before the fleet's next listing."""

from __future__ import annotations

from agents import record
from agents.models import Task
from computers import records
from computers.models import Computer, opaque_id
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError
from dashboard.database import unit


async def link(client: Client, task: Task, token: str, upstream_id: str) -> None:
    """The computer's row, noted at the task; None where upstream does not know it."""
    found = await _known(task.connection_id, upstream_id)
    if found is None:
        try:
            facts = await client.get(upstream_id)
        except UpstreamError:
            return
        found = (await records.adopt(task.connection_id, facts, opaque_id())).pk
    await record.change(task.pk, token, computer_id=found)


@unit
def _known(connection_id: int, upstream_id: str) -> int | None:
    rows = Computer.objects.filter(connection_id=connection_id, upstream_id=upstream_id)
    return rows.values_list("pk", flat=True).first()
