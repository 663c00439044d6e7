"""What happened to a computer, in one order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from computers.models.machines import Computer
from dashboard.models import Outcome, User


class Kind(models.TextChoices):
    """What an entry is about: what people filter by."""

    INPUT = "input", "Input"
    ACTION = "action", "Actions"
    CONTROL = "control", "Control"
    TAB = "tab", "Tabs"
    COMMAND = "command", "Commands"
    UPSTREAM = "upstream", "Others"
    MACHINE = "machine", "Computer"


class TimelineCounter(models.Model):
    """The last number given out for one computer. Whoever adds entries locks this row, so numbers are in the order of
    their commits: a reader who has everything up to n misses nothing by asking for what is after n."""

    computer = models.OneToOneField(Computer, on_delete=models.CASCADE, related_name="timeline_counter")
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.computer_id}: {self.last}"


class TimelineEvent(models.Model):
    """One entry. Names are copied, so it outlives who it names; typed text and keys are never in it."""

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="timeline")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField(default=timezone.now, help_text="When it began.")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    actor_id_copy = models.BigIntegerField(null=True, blank=True)
    actor_name = models.CharField(max_length=200, blank=True, help_text="Empty: nobody of ours.")
    sentence = models.CharField(max_length=300, help_text="What happened, without who: clicked (412, 300).")
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    milliseconds = models.PositiveIntegerField(null=True, blank=True)
    request = models.JSONField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    request_id = models.CharField(max_length=128, blank=True, help_text="Upstream's own, for its support.")
    step = models.JSONField(
        null=True, blank=True, help_text="The same as a ComputerAction (contract §2.5), for macros; no text."
    )
    key = models.CharField(
        max_length=160, blank=True, help_text="What several processes would note, each with the same key."
    )

    class Meta:
        ordering = ["computer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["computer", "number"], name="one_entry_per_number"),
            models.UniqueConstraint(
                fields=["computer", "key"], condition=~Q(key=""), name="one_entry_per_key"
            ),
        ]
        indexes = [
            models.Index(
                fields=["computer", "request_id"], condition=~Q(request_id=""), name="entry_by_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.actor_name} {self.sentence}".strip()


class Recording(models.Model):
    """Somebody records a macro while they drive: from `first_number` on, what they type is kept, encrypted."""

    computer = models.OneToOneField(Computer, on_delete=models.CASCADE, related_name="recording")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    client = models.CharField(max_length=64)
    started_at = models.DateTimeField(default=timezone.now)
    first_number = models.PositiveBigIntegerField(help_text="The first entry that belongs to it.")

    def __str__(self) -> str:
        return f"{self.computer_id}: {self.user}"
