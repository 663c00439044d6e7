"""`manage.py prepare`: what a start needs once: migrations, an owner, a connection, static files. Safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from dashboard.supervisor import assets, first, plan


class Command(BaseCommand):
    help = (
        "Migrates, makes the first owner and the connection this start is given, and collects static files."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        if message := first.ensure_owner():
            self.stdout.write(message)
        first.ensure_connection(plan.upstream())
        assets.collect()
