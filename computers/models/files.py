"""Pictures and files that upstream only links to, copied here: its links run out."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone

from computers.models.machines import Computer
from dashboard.models import User


def file_name() -> str:
    """What addresses say instead of an id: nobody counts through other people's pictures."""
    return secrets.token_urlsafe(12)


class Capture(models.Model):
    """A screenshot or a page's HTML, kept in the default storage for a while."""

    class Kind(models.TextChoices):
        """What it is, and so how it is served."""

        SCREENSHOT = "screenshot", "Screenshot"
        HTML = "html", "Page HTML"

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="captures")
    name = models.CharField(max_length=24, unique=True, default=file_name)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    file = models.FileField(upload_to="captures/%Y/%m/%d")
    media_type = models.CharField(max_length=40)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.computer}"
