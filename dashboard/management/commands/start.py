"""`manage.py start`, for `manage.py help` and `call_command`; manage.py itself takes the shorter way."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from dashboard.supervisor import start


class Command(BaseCommand):
    help = "Prepares everything, and runs the dashboard and the local Lightcone until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(start.main())
