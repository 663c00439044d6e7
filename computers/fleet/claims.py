"""Which process lists which connection: a claim on the row, renewed while its process lives.

Two pollers of one connection double the calls and do no harm; so a process that slept through its claim needs no fence.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from computers.connections import access_of
from computers.models import Connection
from computers.upstream.client import UNREADABLE_KEY, Access
from dashboard import live
from dashboard.database import unit

#: A claim that is not renewed runs out after this long, seconds: a dead process's connections are then taken over.
CLAIM_SECONDS = 12.0
#: What the news about a connection is called; its payload is {id, team}.
NEWS = "connection"
#: The last good listing is noted this often, seconds: finer than any page shows.
LISTED_EVERY = 10.0


@unit
def claim(process: str) -> dict[int, Access]:
    """Claim what is free and renew what is ours, in one UPDATE; returns the readable connections that are now ours."""
    now = timezone.now()
    mine = Q(polled_by=process) | Q(polled_until__lt=now)
    Connection.objects.filter(mine).update(
        polled_by=process, polled_until=now + timedelta(seconds=CLAIM_SECONDS)
    )
    found: dict[int, Access] = {}
    for id in Connection.objects.filter(polled_by=process).values_list("pk", flat=True):
        row = Connection.objects.filter(pk=id).first()
        if row is None:
            continue
        access = access_of(row)
        if access.key:
            found[id] = access
        else:
            _note_trouble(id, UNREADABLE_KEY)
    return found


@unit
def release(process: str) -> None:
    """Give up every claim, so that another process need not wait for it to run out."""
    Connection.objects.filter(polled_by=process).update(polled_by="", polled_until=timezone.now())


@unit
def note_trouble(connection_id: int, sentence: str) -> None:
    """The listing failed, and why."""
    _note_trouble(connection_id, sentence)


@unit
def note_listed(connection_id: int) -> None:
    """The listing succeeded."""
    _note_trouble(connection_id, "")
    now = timezone.now()
    stale = Q(listed_at=None) | Q(listed_at__lt=now - timedelta(seconds=LISTED_EVERY))
    Connection.objects.filter(stale, pk=connection_id).update(listed_at=now)


def _note_trouble(connection_id: int, sentence: str) -> None:
    sentence = sentence[:300]
    rows = Connection.objects.filter(pk=connection_id).exclude(trouble=sentence)
    if rows.update(trouble=sentence):
        team = Connection.objects.values_list("team_id", flat=True).get(pk=connection_id)
        live.publish_on_commit(live.team_group(team), NEWS, id=connection_id, team=team)
