"""Pictures and pages kept for a while: written to the default storage, found through their computer, swept away."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from computers.models import Capture, Computer
from computers.wire.results import media_type
from dashboard.background import Sweeper
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Actor

logger = logging.getLogger(__name__)

#: How long they are kept, days.
CAPTURE_DAYS = 30
#: Between two looks for those whose time is over, seconds, and how many go at once.
SWEEP_EVERY = 3600.0
SWEEP_MOST = 200

_SUFFIXES = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A capture with its bytes."""

    capture: Capture
    content: bytes


@unit
def keep(computer: Computer, kind: str, content: bytes, actor: Actor | None) -> Capture:
    """Write it down. What a picture is, its first bytes say; HTML is text and nothing else."""
    media = media_type(content) if kind == Capture.Kind.SCREENSHOT else "text/plain"
    capture = Capture(
        computer=computer, kind=kind, media_type=media, made_by=actor.user if actor is not None else None
    )
    capture.file.save(f"{capture.name}.{_SUFFIXES.get(media, 'txt')}", ContentFile(content), save=False)
    capture.save()
    return capture


@unit
def read(user: User, computer: Computer, name: str) -> Kept | None:
    """One capture of a computer that `user` may see; None when it does not exist, or its file does not any more."""
    rows = Capture.objects.filter(computer=computer, computer__connection__team__memberships__user=user)
    capture = rows.filter(name=name).first()
    if capture is None:
        return None
    try:
        with capture.file.open("rb") as file:
            return Kept(capture, file.read())
    except OSError:
        return None


@unit
def forget_old() -> int:
    """Delete those that are older than `CAPTURE_DAYS`, with their files; how many."""
    old = Capture.objects.filter(made_at__lt=timezone.now() - timedelta(days=CAPTURE_DAYS))
    count = 0
    for capture in old[:SWEEP_MOST]:
        capture.delete()
        count += 1
    return count


class CaptureSweeper(Sweeper):
    """The service that forgets old captures. Run any number of these: what one deleted, another does not find."""

    every = SWEEP_EVERY

    async def sweep(self) -> None:
        """Forget all whose time is over."""
        while await forget_old() == SWEEP_MOST:
            pass
