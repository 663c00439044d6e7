"""A connection's rows removed: what may be many goes in bites, the rest in one transaction."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from computers.models import Capture, Computer, Connection, TimelineEvent
from computers.records import NEWS
from dashboard import live
from dashboard.database import unit

#: Rows deleted in one transaction: SQLite lets nobody else write meanwhile.
BITE = 500


@unit
def remove_rows(pk: int) -> int:
    """Delete the connection and everything that was known through it; how many computers that were. Nothing is asked of
    the service. Open pages of them are told."""
    _bite_off(TimelineEvent.objects.filter(computer__connection_id=pk))
    _bite_off(Capture.objects.filter(computer__connection_id=pk))
    with transaction.atomic():
        # Locked: a listing that is under way waits, and then finds no connection to add a computer to.
        connection = Connection.objects.select_for_update().filter(pk=pk).defer("api_key").first()
        if connection is None:
            return 0
        computers = list(Computer.objects.filter(connection_id=pk).values_list("public_id", "version"))
        tasks: Any = getattr(connection, "tasks")  # noqa: B009  `agents` stands above this package
        for id in tasks.values_list("public_id", flat=True):
            live.publish_on_commit(live.task_group(id), live.AUTHORITY)
        for id, version in computers:
            live.publish_on_commit(live.computer_group(id), live.AUTHORITY)
            told = {"id": id, "version": version + 1, "team": connection.team_id}
            live.publish_on_commit(live.team_group(connection.team_id), NEWS, **told)
        connection.delete()
    return len(computers)


def _bite_off(rows: QuerySet[Any]) -> None:
    while pks := list(rows.values_list("pk", flat=True)[:BITE]):
        with transaction.atomic():
            rows.model._default_manager.filter(pk__in=pks).delete()
