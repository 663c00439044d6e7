"""A step of a task's record before it has its number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.utils import timezone

from computers.timeline import tidy
from computers.wire.tasks import TaskEvent


@dataclass(frozen=True, slots=True)
class Noted:
    """A step on its way. `event` is what makes it the same one when it comes again."""

    kind: str
    text: str = ""
    ours: bool = False
    at: datetime = field(default_factory=timezone.now)
    cut: int = 0
    data: dict[str, Any] | None = None
    picture_url: str = ""
    event: str = ""

    @classmethod
    def of(cls, event: TaskEvent, place: str = "") -> Noted:
        """The step of an event; `place` stands in where upstream gave no id."""
        text = event.text or event.model or event.computer_id
        if event.trouble:
            text = f"{text} (failed: {event.trouble})"
        return cls(
            event.kind,
            text,
            cut=event.cut,
            data=tidy.json(event.data) if event.data else None,
            picture_url=event.image,
            event=tidy.word(_same(event) if event.id else place, 128),
        )


def _same(event: TaskEvent) -> str:
    """What makes an event the one that came before: its id, and what it says, for an id may serve twice. A picture's
    address is not among it: a replay may sign it anew."""
    said = f"{event.kind}\n{event.text}\n{event.progress}".encode("utf-8", "replace")
    return f"{event.id[:100]} {blake2b(said, digest_size=8).hexdigest()}"
