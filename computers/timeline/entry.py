"""What one thing that happened looks like before it has a number."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from computers.models import Kind
from dashboard.models import Outcome
from dashboard.permissions import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """`sentence` says what happened without who: "clicked (412, 300)". No typed text, no key, no proxy's password.

    `step` is the same as a ComputerAction (contract §2.5) where a macro could repeat it. `key` makes an entry that
    several processes would note the same one. `typed` is kept, encrypted, only while a recording is on.
    """

    kind: Kind
    sentence: str
    actor: Actor | None = None
    at: datetime = field(default_factory=timezone.now)
    outcome: Outcome | None = None
    milliseconds: int | None = None
    request: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    request_id: str = ""
    step: dict[str, Any] | None = None
    key: str = ""
    typed: str = field(default="", repr=False)
    #: Who it was, where no more than their number and name are known.
    named: tuple[int | None, str] = (None, "")

    @property
    def by(self) -> tuple[int | None, str]:
        """The number and the name of whoever did it; nobody of ours: None and no name."""
        return (self.actor.user.pk, self.actor.name) if self.actor is not None else self.named
