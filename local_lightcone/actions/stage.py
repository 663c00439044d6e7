import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from ..chromium.cdp import Json
from ..chromium.tabs import Tab
from ..sessions.computer import Computer
from ..shots import Shots


class ActionFailed(Exception):
    """The computer could not do it; the message is for the caller. `result` is what came of it all the same."""

    def __init__(self, message: str, result: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.result = result


@dataclass(frozen=True, slots=True)
class Stage:
    """Where one action happens: a computer, one of its tabs, and somewhere to leave a picture."""

    computer: Computer
    tab: Tab
    shots: Shots
    base_url: str
    request_id: str = ""

    async def call(self, method: str, params: Json | None = None, **options: Any) -> Json:
        return await self.computer.cdp.call(method, params, self.tab.session, **options)

    async def look(self, method: str, params: Json | None = None) -> Json:
        """A call that a page held by a dialog would not answer. A dialog that nobody is there to answer goes away by
        itself; one that a DevTools client is asked stays."""
        dialogs = self.computer.tabs.dialogs
        with dialogs.opening(self.tab.session) as opened:
            work = asyncio.create_task(self.call(method, params))
            held = asyncio.create_task(opened.wait())
            try:
                await asyncio.wait([work, held], return_when=asyncio.FIRST_COMPLETED)
                if not work.done() and dialogs.drivers:
                    raise ActionFailed("The page asks something: answer its dialog first.")
                return await work
            finally:
                for task in (work, held):
                    task.cancel()
                await asyncio.gather(work, held, return_exceptions=True)

    async def input(self, method: str, params: Json) -> None:
        await self.unless_dialog(self.call(method, params))

    async def unless_dialog(self, work: Coroutine[Any, Any, Any]) -> None:
        """Done as soon as the page has its input, also if it answers with a dialog, which would hold the call."""
        with self.computer.tabs.dialogs.opening(self.tab.session) as opened:
            tasks = [asyncio.create_task(work), asyncio.create_task(opened.wait())]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                done, _ = await asyncio.gather(*tasks, return_exceptions=True)
        if isinstance(done, Exception):
            raise done

    def css(self, pixels: float) -> float:
        """Callers count in picture pixels, Chromium in CSS pixels."""
        return pixels / self.tab.display.scale
