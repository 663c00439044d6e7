"""`/metrics` for Prometheus: the process's links and viewers, and what the database holds."""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from django.db import DatabaseError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    GCCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily

from agents.models import Task
from computers.models import Computer, Connection, ControlLease
from computers.relay.hub import HUB
from dashboard import env
from dashboard.database import unit
from dashboard.models import AuditEvent

#: Words of one kind that are told apart; upstream's are its own, and a service may have as many as it likes.
MOST_WORDS = 20
Figure = tuple[str, str, dict[str, float]]

_PROCESS = CollectorRegistry()
ProcessCollector(registry=_PROCESS)
GCCollector(registry=_PROCESS)


class _Told:
    """Figures that were found before, as prometheus_client collects them."""

    def __init__(self, figures: list[Figure], label: dict[str, str]) -> None:
        self._figures, self._label = figures, label

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, help, values in self._figures:
            label = self._label.get(name)
            gauge = GaugeMetricFamily(f"lightdeck_{name}", help, labels=[label] if label else None)
            for word, value in values.items():
                gauge.add_metric([word] if label else [], value)
            yield gauge


async def metrics(request: HttpRequest) -> HttpResponse:
    """404 without METRICS_TOKEN, 401 without `Authorization: Bearer` and that token."""
    token = env.metrics_token()
    if not token:
        return HttpResponse(status=404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    told = CollectorRegistry()
    told.register(_Told([*_here(), *await _stored()], {"computers": "status", "tasks": "state"}))
    body = generate_latest(_PROCESS) + generate_latest(told)
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _here() -> list[Figure]:
    figures = HUB.figures()
    return [
        ("links", "Computers that this process is connected to.", {"": figures.links}),
        ("feeds", "Tabs that this process casts.", {"": figures.feeds}),
        ("viewers", "Screens that this process sends pictures to.", {"": figures.viewers}),
    ]


@unit
def _stored() -> list[Figure]:
    """The same from every process. A database that is away leaves the process's own figures."""
    try:
        alive = Computer.objects.filter(gone_at=None)
        return [
            ("database_up", "Whether the database answers.", {"": 1}),
            ("computers", "Computers that are there, by upstream's word.", _by(alive, "status")),
            ("driven", "Computers that somebody drives.", {"": _held()}),
            ("tasks", "Agent tasks that are not over, by state.", _by(Task.objects.unfinished(), "state")),
            ("connections_troubled", "Connections whose last listing failed.", {"": _troubled()}),
            ("audit_unchained", "Audit rows that wait for the appender.", {"": _unchained()}),
        ]
    except DatabaseError:
        return [("database_up", "Whether the database answers.", {"": 0})]


def _by(rows: QuerySet[Computer] | QuerySet[Task], field: str) -> dict[str, float]:
    counted = rows.order_by().values_list(field).annotate(count=Count("pk")).order_by("-count")[:MOST_WORDS]
    return {str(word): count for word, count in counted}


def _held() -> int:
    return ControlLease.objects.exclude(holder=None).count()


def _troubled() -> int:
    return Connection.objects.exclude(trouble="").count()


def _unchained() -> int:
    return AuditEvent.objects.filter(chain_seq=None).count()
