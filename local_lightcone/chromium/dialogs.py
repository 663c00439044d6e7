"""A page's alert, confirm, prompt and "leave this page?": each holds its page until somebody answers."""

import asyncio
import contextlib
from collections.abc import Iterator

from .cdp import Cdp, CdpError, Json

ANSWER_SECONDS = 60.0
"""How long DevTools clients have to answer an alert. It blocks its page and no cast shows it, so then we do."""

PAUSES = (0.0, 0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.5)
"""Before the next answer to a page that asks again and again: it must not keep the whole computer busy."""

CALM_SECONDS = 2.0
MOVING_SECONDS = 5.0
LONGEST_HOLD_SECONDS = 50.0
HOLD_PAUSE_SECONDS = 0.1
"""A page that has not asked for this long is answered at once again."""


class Dialogs:
    def __init__(self, cdp: Cdp) -> None:
        self._cdp = cdp
        self._open: dict[str, asyncio.Task[None]] = {}
        self._accepts: dict[str, bool] = {}
        self._held: set[str] = set()
        self._asked: dict[str, tuple[int, float]] = {}
        self._leaving: dict[str, bool] = {}
        """Sessions that go elsewhere, and whether the page that they leave is still there."""

        self._moving_until = 0.0
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self.drivers = 0
        """How many DevTools clients hear of dialogs: with one, a dialog is first theirs to answer."""

    def watch(self, session: str) -> None:
        """From now on no dialog of this session's page stays unanswered."""
        self._cdp.listen("Page.javascriptDialogOpening", lambda event: self._opened(session, event), session)
        self._cdp.listen("Page.javascriptDialogClosed", lambda _: self._closed(session), session)

    def forget(self, session: str) -> None:
        """Its tab is gone."""
        self._closed(session)
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

    @contextlib.contextmanager
    def leaving(self, session: str) -> Iterator[None]:
        """Whoever goes elsewhere has answered: what holds the page now is dismissed, and it may not hold itself.

        What the next page asks while it loads is a question of its own.
        """

        def left(event: Json) -> None:
            if "parentId" not in event["frame"] and session in self._leaving:
                self._leaving[session] = False

        self._leaving[session] = True
        try:
            with self._cdp.listening("Page.frameNavigated", left, session):
                self.dismiss(session)
                yield
        finally:
            self._leaving.pop(session, None)

    def moving(self) -> None:
        """A DevTools client sends its page elsewhere."""
        self._moving_until = asyncio.get_running_loop().time() + MOVING_SECONDS

    async def settled(self) -> None:
        """Until a client may let go of its pages.

        Chromium aborts if a session ends, or disables Page, while its page asks and is on its way to another
        address (measured with 156: `bad_variant_access`, exit code 134, in every fifth try).
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_HOLD_SECONDS
        while loop.time() < until and not self._cdp.closed and self._asks_on_its_way(loop.time()):  # noqa: ASYNC110
            await asyncio.sleep(HOLD_PAUSE_SECONDS)

    def _asks_on_its_way(self, now: float) -> bool:
        asks = bool(self._open) or any(now - last < CALM_SECONDS for _, last in self._asked.values())
        return asks and (bool(self._leaving) or now < self._moving_until)

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
        leaving = self._leaving.get(session, False) or (keeps and session in self._leaving)
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

    def _closed(self, session: str) -> None:
        self._held.discard(session)
        if waiting := self._open.pop(session, None):
            waiting.cancel()
