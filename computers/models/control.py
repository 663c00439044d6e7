"""The lease: who drives a computer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from computers.models.machines import Computer
from dashboard.models import User


class ControlLease(models.Model):
    """Who drives a computer. `epoch` grows by one at every change of holder; `computers.leases` writes it.

    `process` is the web process that may send input now, `waiting_on` an earlier one that has not yet said it stopped.
    """

    computer = models.OneToOneField(Computer, on_delete=models.CASCADE, related_name="lease")
    epoch = models.PositiveBigIntegerField(default=0)
    holder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    client = models.CharField(max_length=64, blank=True)
    process = models.CharField(max_length=32, blank=True)
    waiting_on = models.CharField(max_length=32, blank=True)
    renewed_at = models.DateTimeField(default=timezone.now)
    held = models.JSONField(default=dict, help_text="Buttons and modifiers pressed and not yet released.")
    pressed = models.JSONField(default=dict, help_text="What REST verbs pressed and nobody released yet.")

    # A batch or a macro acts for a while in one call: nobody takes control before it is over, or its process is dead.
    working = models.CharField(max_length=200, blank=True, help_text="What runs: the macro Log in.")
    working_until = models.DateTimeField(null=True, blank=True)

    # Taking over and handing back take several calls: whoever began has the lease reserved, and nobody else begins.
    state = models.CharField(
        max_length=16, blank=True, help_text="taking_over, handing_back; empty: settled."
    )
    reserved_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reserved_at = models.DateTimeField(null=True, blank=True)
    reservation = models.CharField(max_length=32, blank=True, help_text="Known to the call that made it.")

    taken_at = models.DateTimeField(null=True, blank=True, help_text="Since when this person drives.")
    # How the last driver went, until `agents` has looked whether they left a paused task behind.
    left = models.CharField(
        max_length=16, blank=True, help_text="released, lapsed; empty: nothing to look at."
    )
    left_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(holder=None) | ~Q(client=""), name="a_holder_has_a_client"),
        ]

    def __str__(self) -> str:
        return f"{self.computer_id}: {self.holder or 'free'} (epoch {self.epoch})"


class ControlRequest(models.Model):
    """Somebody asks for control while another person drives. `computers.passing` writes it; it runs out by itself."""

    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="requests")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    client = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["computer", "user"], name="one_request_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.computer_id}: {self.user}"
