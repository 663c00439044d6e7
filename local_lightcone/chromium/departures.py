"""Pages on their way to another address, and clients that let go of one meanwhile.

Chromium aborts if a client's session ends, or disables Page, between a page's arrival at another address and the
closing of the dialog that held the page before it (measured with 156: `bad_variant_access`, exit code 134). It keeps
`Page.disable` itself until the arrival, which is the worst of all moments; so clients let go before a page sets out,
or once it has arrived and its dialog is closed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Container

from .cdp import Cdp, CdpError, Json

LONGEST_QUIET_HOLD_SECONDS = 5.0
"""For a page that has asked nothing: a download never arrives, and a slow server should not keep a client waiting."""

LONGEST_HOLD_SECONDS = 50.0
"""For one that asks. Nobody waits for it but the client that leaves."""

HOLD_PAUSE_SECONDS = 0.1
ROUND_TRIP_SECONDS = 2.0
STAYING = ("sameDocument", "historySameDocument")


class Departures:
    """`asked`: whether any page asked something a moment ago. `dialogs`: the sessions with one open at this moment."""

    def __init__(self, cdp: Cdp, asked: Callable[[], bool], dialogs: Container[str]) -> None:
        self._cdp, self._asked, self._dialogs = cdp, asked, dialogs
        self._under_way: dict[str, tuple[str, float]] = {}
        """Session to the document that it waits for, and since when."""

        self._sent: set[str] = set()
        """Sessions whose page was told to go by us, from before Chromium hears of it until the page is left."""

        self._outlived: set[str] = set()
        """Sessions that have arrived, with the dialog of the page before not yet closed."""

        self._gate = asyncio.Lock()

    def watch(self, session: str, frame: str) -> None:
        """`frame` is the page's own; the frames within it go where they like."""

        def departs(event: Json) -> None:
            if event["frameId"] == frame and event["navigationType"] not in STAYING:
                self._under_way[session] = event["loaderId"], asyncio.get_running_loop().time()

        def arrives(event: Json) -> None:
            # What the page before it was may be told late, after the next departure (measured).
            document, _ = self._under_way.get(session, ("", 0.0))
            if event["frame"]["loaderId"] == document:
                del self._under_way[session]
                self._sent.discard(session)
                if session in self._dialogs:
                    self._outlived.add(session)

        self._cdp.listen("Page.frameStartedNavigating", departs, session)
        self._cdp.listen("Page.frameNavigated", arrives, session)

    def closed(self, session: str) -> None:
        """Its dialog."""
        self._outlived.discard(session)

    def forget(self, session: str) -> None:
        """Its tab is gone."""
        self._under_way.pop(session, None)
        self._sent.discard(session)
        self._outlived.discard(session)

    @contextlib.asynccontextmanager
    async def leaving(self, session: str) -> AsyncIterator[Callable[[], bool]]:
        """Goes elsewhere, once no client lets go. Yields whether the page that is left is still there."""
        async with self._gate:
            self._sent.add(session)
        try:
            yield lambda: session in self._sent
        finally:
            self._sent.discard(session)

    @contextlib.asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """A client sends its page elsewhere: not between another one's letting go and Chromium's having heard it."""
        async with self._gate:
            yield
            await self._heard()

    @contextlib.asynccontextmanager
    async def letting_go(self) -> AsyncIterator[None]:
        """Once no page is under way; and none sets out until Chromium has heard what was sent meanwhile."""
        since = asyncio.get_running_loop().time()
        while True:
            async with self._gate:
                await self._heard()  # what it knows of departures and dialogs, we know then
                if self._cdp.closed or not self._holds(since):
                    yield
                    await self._heard()
                    return
            await asyncio.sleep(HOLD_PAUSE_SECONDS)

    def _holds(self, since: float) -> bool:
        earliest = asyncio.get_running_loop().time()
        earliest -= LONGEST_HOLD_SECONDS if self._asked() else LONGEST_QUIET_HOLD_SECONDS
        under_way = any(departed > earliest for _, departed in self._under_way.values())
        return since > earliest and bool(under_way or self._sent or self._outlived)

    async def _heard(self) -> None:
        """A round trip on our own socket: Chromium takes what all of them carry in one queue."""
        with contextlib.suppress(CdpError):
            await self._cdp.call("Browser.getVersion", seconds=ROUND_TRIP_SECONDS)
