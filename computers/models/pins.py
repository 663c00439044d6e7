"""What one person keeps at the top of their own wall."""

from __future__ import annotations

from django.db import models

from computers.models.machines import Computer
from dashboard.models import User


class Pin(models.Model):
    """A person's own mark on a computer; nobody else sees it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="pins")
    computer = models.ForeignKey(Computer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "computer"], name="one_pin_each")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.computer_id}"
