"""`manage.py background`: the background services alone, beside web processes with LIGHTDECK_BACKGROUND=off."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dashboard.background import Services
from dashboard.services import ALWAYS, BACKGROUND

#: Between two signs of life, seconds.
BEAT_EVERY = 5.0


class Command(BaseCommand):
    help = "Runs the background services until it is told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--beat", type=Path, metavar="FILE", help=f"touch it every {BEAT_EVERY:.0f} s, for a health check"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._run(options["beat"]))

    async def _run(self, beat: Path | None) -> None:
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, told.set)
        services = Services([*ALWAYS, *BACKGROUND])
        await services.start()
        self.stdout.write("The background services run.")
        beating = asyncio.create_task(_beat(beat)) if beat else None
        try:
            await told.wait()
        finally:
            if beating:
                beating.cancel()
            await services.stop()


async def _beat(file: Path) -> None:
    """It lives, and so does its event loop."""
    while True:
        await asyncio.to_thread(file.touch)
        await asyncio.sleep(BEAT_EVERY)
