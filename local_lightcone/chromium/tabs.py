import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace

from .cdp import Cdp, CdpError, Json
from .dialogs import Dialogs
from .viewport import Display, show, window_of

FIRST_TAB_SECONDS = 10.0
CLOSE_SECONDS = 5.0
GREETING_SECONDS = 2.0
"""How long whoever asks for the tabs, or for one, waits for those that the browser has and we do not know yet."""

NOT_TABS = ("devtools://", "chrome://")


@dataclass(frozen=True, slots=True)
class Tab:
    target_id: str
    session: str
    """Held as long as the tab lives: size, scale and dialogs hang on it."""

    window: int
    display: Display


class Tabs:
    """The pages of one browser, whoever opened them: each attached once and given the display's size."""

    def __init__(self, cdp: Cdp, display: Display) -> None:
        self._cdp, self._display = cdp, display
        self._open: dict[str, Tab] = {}
        self._main: str | None = None
        self._arriving: dict[str, asyncio.Task[None]] = {}
        self._closing: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: set[Callable[[], None]] = set()
        self.dialogs = Dialogs(cdp)

    async def start(self) -> None:
        self._cdp.on_close(self._notify)
        self._cdp.listen("Target.targetCreated", self._on_page)
        self._cdp.listen("Target.targetInfoChanged", self._on_page)
        self._cdp.listen("Target.targetDestroyed", self._on_destroyed)
        await self._cdp.call("Target.setDiscoverTargets", {"discover": True})
        await self.main()

    async def close(self) -> None:
        tasks = [*self._arriving.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.dialogs.close()

    async def main(self) -> Tab:
        """The tab that actions and casts mean when they name none."""
        with contextlib.suppress(TimeoutError):
            await self._until(lambda: bool(self._open), FIRST_TAB_SECONDS)
        if not self._open:
            raise CdpError("no tab is open")
        if self._main not in self._open:
            self._main = next(reversed(self._open))
        return self._open[self._main]

    def is_main(self, tab: Tab) -> bool:
        return tab.target_id == self._main

    def find(self, tab_id: str) -> Tab | None:
        return self._open.get(tab_id)

    async def awaited(self, tab_id: str) -> Tab | None:
        """The same, also of a tab that has only just come."""
        if tab_id not in self._open:
            await self._browsers()
        return self._open.get(tab_id)

    async def listed(self) -> list[Json]:
        """Every tab that the browser has at this moment, with its address and title, in the order they came."""
        await self.main()
        infos = {info["targetId"]: info for info in await self._browsers()}
        return [infos[target_id] for target_id in {**self._open, **self._arriving} if target_id in infos]

    async def _browsers(self) -> list[Json]:
        """What the browser itself says of its tabs. Those that it has opened this moment are greeted first."""
        pages = await self._pages()
        if any(info["targetId"] not in self._open for info in pages):
            for info in pages:
                self._on_page({"targetInfo": info})
            with contextlib.suppress(TimeoutError):
                await self._until(lambda: not self._arriving, GREETING_SECONDS)
            pages = await self._pages()
        return pages

    async def _pages(self) -> list[Json]:
        answer = await self._cdp.call("Target.getTargets")
        return [info for info in answer["targetInfos"] if _is_tab(info)]

    async def create(self) -> Tab:
        """An empty tab in a window of its own, now the main one."""
        answer = await self._cdp.call("Target.createTarget", {"url": "about:blank", "newWindow": True})
        target_id = answer["targetId"]
        try:
            await self._until(lambda: target_id in self._open, FIRST_TAB_SECONDS)
            self.choose(self._open[target_id])
            return self._open[target_id]
        except (TimeoutError, KeyError):
            raise CdpError("the new tab did not open") from None

    def choose(self, tab: Tab) -> None:
        """Makes this tab the main one."""
        self._main = tab.target_id
        self._notify()

    async def end(self, tab: Tab) -> bool:
        """Closes a tab. False if it is the last one, which stays."""
        if not {*self._open} - self._closing - {tab.target_id}:
            return False
        self._closing.add(tab.target_id)
        try:
            async with self.dialogs.leaving(tab.session):
                await self._cdp.call("Target.closeTarget", {"targetId": tab.target_id})
                await self._until(lambda: tab.target_id not in self._open, CLOSE_SECONDS)
        except TimeoutError:
            raise CdpError("the tab did not close") from None
        finally:
            self._closing.discard(tab.target_id)
        return True

    async def resize(self, tab: Tab, display: Display) -> None:
        await show(self._cdp, tab.session, tab.window, display, alone=not self._neighbours(tab))
        if tab.target_id in self._open:
            self._open[tab.target_id] = replace(tab, display=display)
            self._notify()

    async def bring_forward(self, tab: Tab) -> None:
        """The mouse cannot reach a tab that is behind another: a click takes 5 s, the wheel for ever (measured)."""
        if self._neighbours(tab):
            await self._cdp.call("Target.activateTarget", {"targetId": tab.target_id})

    def _neighbours(self, tab: Tab) -> bool:
        """Whether it shares its window. Tabs that we open never do; a page's popup does."""
        others = (other for other in self._open.values() if other.target_id != tab.target_id)
        return any(other.window == tab.window for other in others)

    @contextlib.contextmanager
    def watching(self, listener: Callable[[], None]) -> Iterator[None]:
        """Calls `listener` whenever a tab came, went or changed its part, and when the browser is gone."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Raises `TimeoutError`; returns also when the browser is gone."""
        changed = asyncio.Event()
        with self.watching(changed.set):
            async with asyncio.timeout(seconds):
                while not holds() and not self._cdp.closed:
                    changed.clear()
                    await changed.wait()

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _on_page(self, event: Json) -> None:
        info = event["targetInfo"]
        target_id = info["targetId"]
        if target_id in self._open or target_id in self._arriving or not _is_tab(info):
            return
        task = asyncio.create_task(self._welcome(target_id))
        self._arriving[target_id] = task
        task.add_done_callback(lambda _: self._arrived(target_id))

    def _arrived(self, target_id: str) -> None:
        self._arriving.pop(target_id, None)
        self._notify()

    async def _welcome(self, target_id: str) -> None:
        with contextlib.suppress(CdpError):  # a tab may close while it is being greeted
            session = await self._cdp.attach(target_id)
            self.dialogs.watch(session, target_id)
            await self._cdp.call("Page.enable", session=session)
            await self._cdp.call("Page.setLifecycleEventsEnabled", {"enabled": True}, session)
            tab = Tab(target_id, session, await window_of(self._cdp, target_id), self._display)
            await show(self._cdp, session, tab.window, tab.display, alone=not self._neighbours(tab))
            self._open[target_id] = tab

    def _on_destroyed(self, event: Json) -> None:
        target_id = event["targetId"]
        if task := self._arriving.get(target_id):
            task.cancel()
        if tab := self._open.pop(target_id, None):
            self.dialogs.forget(tab.session)
            self._notify()
            if not self._open and not self._arriving:
                self._run(self._reopen())

    async def _reopen(self) -> None:
        """A computer without a tab is of no use to anybody."""
        with contextlib.suppress(CdpError):
            await self._cdp.call("Target.createTarget", {"url": "about:blank", "newWindow": True})

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _is_tab(info: Json) -> bool:
    return info["type"] == "page" and not info["url"].startswith(NOT_TABS)
