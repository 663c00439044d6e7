"""A page's alert, confirm, prompt and "leave this page?": each holds its page until somebody answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

from .cdp import Cdp, CdpError, Json
from .departures import Departures

ANSWER_SECONDS = 60.0
"""How long DevTools clients have to answer an alert. It blocks its page and no cast shows it, so then we do."""

PAUSES = (0.0, 0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.5)
"""Before the next answer to a page that asks again and again: it must not keep the whole computer busy."""

CALM_SECONDS = 2.0
"""A page that has not asked for this long is answered at once again."""


class Dialogs:
    def __init__(self, cdp: Cdp) -> None:
        self._cdp = cdp
        self._open: dict[str, asyncio.Task[None]] = {}
        self._accepts: dict[str, bool] = {}
        self._held: set[str] = set()
        self._asked: dict[str, tuple[int, float]] = {}
        self._leaving: dict[str, Callable[[], bool]] = {}
        """Sessions that go elsewhere, and whether the page that they leave is still there."""

        self.departures = Departures(cdp, self._lately, self._open)
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self.drivers = 0
        """How many DevTools clients hear of dialogs: with one, a dialog is first theirs to answer."""

    def watch(self, session: str, frame: str) -> None:
        """From now on no dialog of this session's page stays unanswered."""
        self._cdp.listen("Page.javascriptDialogOpening", lambda event: self._opened(session, event), session)
        self._cdp.listen("Page.javascriptDialogClosed", lambda _: self._closed(session), session)
        self.departures.watch(session, frame)

    def forget(self, session: str) -> None:
        """Its tab is gone."""
        self._closed(session)
        self.departures.forget(session)
        self._asked.pop(session, None)
        self._accepts.pop(session, None)

    async def close(self) -> None:
        tasks = list(self._open.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @contextlib.contextmanager
    def driver(self) -> Iterator[None]:
        """One DevTools client more; what the last one leaves unanswered is dismissed."""
        self.drivers += 1
        try:
            yield
        finally:
            self.drivers -= 1
            if not self.drivers:
                for session in list(self._open):
                    self.dismiss(session)

    def dismiss(self, session: str) -> None:
        """Nobody will answer the dialog that is open there, if one is."""
        self._held.discard(session)
        if session in self._open:
            self._answer(session, 0)

    @contextlib.asynccontextmanager
    async def leaving(self, session: str) -> AsyncIterator[None]:
        """Whoever goes elsewhere has answered: what holds the page now is dismissed, and it may not hold itself.

        What the next page asks while it loads is a question of its own.
        """
        async with self.departures.leaving(session) as still_there:
            self._leaving[session] = still_there
            try:
                self.dismiss(session)
                yield
            finally:
                self._leaving.pop(session, None)

    def asks(self, session: str) -> bool:
        """Whether this page is held by a dialog that is somebody's to answer, not by one that it is being left with."""
        return session in self._held and bool(self.drivers)

    @contextlib.contextmanager
    def opening(self, session: str) -> Iterator[asyncio.Event]:
        """Set while a dialog holds this page, or as soon as one does: whatever is asked of the page then waits."""
        opened = asyncio.Event()
        if session in self._open:
            opened.set()
        self._listeners.setdefault(session, set()).add(opened)
        try:
            yield opened
        finally:
            self._listeners[session].discard(opened)
            if not self._listeners[session]:
                del self._listeners[session]

    def _opened(self, session: str, event: Json) -> None:
        for opened in self._listeners.get(session, ()):
            opened.set()
        # Without anybody to ask, a page cannot keep its visitor.
        self._accepts[session] = keeps = event.get("type") == "beforeunload"
        still_there = self._leaving.get(session)
        leaving = still_there is not None and (keeps or still_there())
        if self.drivers and not leaving:
            self._held.add(session)
            self._answer(session, ANSWER_SECONDS)
        else:
            self._held.discard(session)
            self._answer(session, self._pause(session, leaving))

    def _pause(self, session: str, leaving: bool) -> float:
        now = asyncio.get_running_loop().time()
        times, last = self._asked.get(session, (0, now))
        times = times + 1 if now - last < CALM_SECONDS else 0
        self._asked[session] = (times, now)
        return 0.0 if leaving else PAUSES[min(times, len(PAUSES) - 1)]

    def _answer(self, session: str, wait: float) -> None:
        if waiting := self._open.get(session):
            waiting.cancel()
        self._open[session] = asyncio.create_task(self._after(session, wait))

    async def _after(self, session: str, wait: float) -> None:
        await asyncio.sleep(wait)
        answer = {"accept": self._accepts.get(session, False)}
        with contextlib.suppress(CdpError):
            await self._cdp.call("Page.handleJavaScriptDialog", answer, session)

    def _lately(self) -> bool:
        """Whether any page asks something, or did a moment ago."""
        now = asyncio.get_running_loop().time()
        return bool(self._open) or any(now - last < CALM_SECONDS for _, last in self._asked.values())

    def _closed(self, session: str) -> None:
        self._held.discard(session)
        self.departures.closed(session)
        if waiting := self._open.pop(session, None):
            waiting.cancel()
