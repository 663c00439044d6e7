"""`manage.py web`: the dashboard alone, with the same server and options as under `manage.py start`."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import BaseCommand

from dashboard.supervisor import plan


class Command(BaseCommand):
    help = "Serves the dashboard until it is told to stop. Prepare first: manage.py prepare."

    def handle(self, *args: Any, **options: Any) -> None:
        command = plan.web_command()
        os.execv(command[0], command)
