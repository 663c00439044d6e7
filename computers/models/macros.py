"""Macros: lists of actions with a name, and what was typed while one was recorded."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from computers.models.timeline import TimelineEvent
from dashboard.encryption import EncryptedTextField
from dashboard.models import Team, User


class Macro(models.Model):
    """Actions that run as one batch on any computer of the team. Texts may be secrets, so all of it is encrypted."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="macros")
    name = models.CharField(max_length=80)
    steps = EncryptedTextField(help_text="JSON: a list of ComputerActions (contract §2.5).")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["team", "name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_macro_name_per_team")]

    def __str__(self) -> str:
        return self.name


class RecordedText(models.Model):
    """What was typed in one entry while recording was on; deleted with the recording."""

    event = models.OneToOneField(TimelineEvent, on_delete=models.CASCADE, related_name="recorded_text")
    text = EncryptedTextField()

    def __str__(self) -> str:
        return f"text of entry {self.event_id}"
