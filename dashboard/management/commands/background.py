"""`manage.py background`: the background services alone, beside web processes with LIGHTDECK_BACKGROUND=off."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from dashboard.background import Services
from dashboard.services import ALWAYS, BACKGROUND


class Command(BaseCommand):
    help = "Runs the background services until it is told to stop."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, told.set)
        services = Services([*ALWAYS, *BACKGROUND])
        await services.start()
        self.stdout.write("The background services run.")
        try:
            await told.wait()
        finally:
            await services.stop()
