"""A link over DevTools: every tab of the computer, each cast only while somebody watches it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from computers.relay import travel
from computers.relay.cast import Cast
from computers.relay.feed import CRASHED, Feed
from computers.relay.focus import read_focus
from computers.relay.hands import CdpHands, Hands
from computers.relay.letting_go import let_go
from computers.relay.link import MAIN, Link
from computers.relay.selection import read_selection
from computers.relay.session import Session
from computers.relay.sign_in import read_sign_in
from computers.relay.small import SmallOverCdp
from computers.relay.states import Event
from computers.relay.tabs import Tab, TabEvent, TabList, Tabs, read_target
from computers.upstream import errors
from computers.upstream.cdp import CdpConnection

logger = logging.getLogger(__name__)

#: Alive is probed this often, an answer is awaited this long, and a connection silent for this long is given up;
#: seconds.
PROBE_EVERY = 5.0
PROBE_TIMEOUT = 3.0
GIVE_UP_AFTER = 30.0
#: Chromium does not tell of every new title, so while somebody looks it is asked this often, seconds.
TITLES_EVERY = 1.5
#: A tab that could not be cast is tried again after this long, seconds.
CAST_AGAIN = 2.0


class CdpLink(Link):
    """Everything over one connection; who sees which tab is in `tabs`."""

    replaceable = True
    connection: CdpConnection | None = None
    small: SmallOverCdp

    def __init__(self, *args: Any) -> None:
        self._casts: dict[str, Cast] = {}
        self._hands: dict[str, CdpHands] = {}
        self._lost_drags: set[str] = set()
        self._jobs: set[asyncio.Task[None]] = set()
        self._ready = asyncio.Event()
        super().__init__(*args)
        self.tabs = Tabs(self.machine.main_tab, self._on_tab)

    def small_picture(self) -> SmallOverCdp:
        return SmallOverCdp(self, self._next_view, self.release_if_unused)

    async def serve(self) -> None:
        connection = await CdpConnection.open(self.client, self.machine.cdp_path, self._on_event)
        try:
            self.tabs.list_anew()
            self.connection = connection
            await connection.call(
                "Target.setDiscoverTargets", {"discover": True, "filter": [{"type": "page"}]}
            )
            unordered = self.tabs.unordered
            opened = await self.order_of_opening(unordered) if len(unordered) > 1 else []
            self._ready.set()
            self.tabs.settle(opened)
            self.follow()
            self.audience.tabs_changed()
            for feed in tuple(self.feeds.values()):
                self.feed_opened(feed)
            self._tell_of_no_tab()
            self.do(self._ask_for_titles(connection))
            await self._probe(connection)
        finally:
            self._ready.clear()
            self.connection = None
            for job in tuple(self._jobs):
                job.cancel()
            for cast in self._casts.values():
                cast.abandon()
            self._casts.clear()
            self.small.abandon()
            self._lost_drags |= {tab for tab, hands in self._hands.items() if hands.dragging}
            self._hands.clear()
            await connection.aclose()

    def resolve(self, wanted: str) -> str:
        if wanted != MAIN and (wanted in self.tabs or self.connection is None):
            return wanted
        return self.tabs.main

    @property
    def main_tab(self) -> str:
        """Its id; empty while none is known."""
        return self.tabs.main

    def follow(self) -> None:
        super().follow()
        if self._ready.is_set():
            self.small.follow()

    def tab_list(self) -> TabList | None:
        return self.tabs.as_list() if self._ready.is_set() else None

    def show_main(self, tab: str) -> None:
        if self.tabs.show(tab):
            self.follow()
            self.audience.tabs_changed()

    async def selection(self, tab: str) -> str:
        session = Session(await self._connected(), tab if tab in self.tabs else self._main())
        return await read_selection(session)

    async def secret_focus(self, tab: str) -> bool | None:
        return await read_focus(Session(await self._connected(), tab if tab in self.tabs else self._main()))

    async def asks_to_sign_in(self) -> bool | None:
        return await read_sign_in(Session(await self._connected(), self._main()))

    async def hands(self, tab: str) -> Hands:
        connection, cast = await self._connected(), self._casts.get(tab)
        if cast is None or not cast.session:
            raise errors.NoAnswer("This tab is not connected.")
        if cast.feed.crashed:
            raise errors.NoAnswer(CRASHED)
        if tab not in self._hands:
            self._hands[tab] = CdpHands(connection, cast.session, lost_drag=tab in self._lost_drags)
            self._lost_drags.discard(tab)
        return self._hands[tab]

    async def navigate(self, url: str) -> None:
        async with await self._departing() as session:
            await travel.to(session, url)

    async def history(self, step: str) -> None:
        async with await self._departing() as session:
            await travel.through_history(session, step)

    async def release_held(self, noted: dict[str, Any]) -> None:
        tab = str(noted.get("tab", ""))
        connection = await self._connected()
        async with Session(connection, tab if tab in self.tabs else self._main()) as session:
            await let_go(session, noted)

    def feed_opened(self, feed: Feed) -> None:
        tab = self.tabs.get(feed.tab)
        if tab is not None and self.connection is not None and feed.tab not in self._casts:
            feed.describe(title=tab.title, url=tab.url)
            self._casts[feed.tab] = cast = Cast(self.connection, feed)
            self.do(self._start(cast))

    def feed_closed(self, feed: Feed) -> None:
        self._hands.pop(feed.tab, None)
        if (cast := self._casts.pop(feed.tab, None)) is not None:
            self.do(cast.stop())

    # Inner works

    async def _connected(self) -> CdpConnection:
        """The connection, waiting a moment for one that is being made."""
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                await self._ready.wait()
        except TimeoutError:
            raise errors.NoAnswer("This computer is not connected right now.") from None
        if self.connection is None:
            raise errors.NoAnswer("This computer is not connected right now.")
        return self.connection

    def _main(self) -> str:
        if not (main := self.resolve(MAIN)):
            raise errors.ActionFailed("This computer has no open tab.")
        return main

    async def _departing(self) -> Session:
        """The main tab, about to leave its page: one whose script loops for ever goes nowhere before that has ended."""
        connection, main = await self._connected(), self._main()
        cast = self._casts.get(main)
        if cast is not None and cast.feed.busy:
            # Only a session that was there before the loop began gets through to the page.
            with contextlib.suppress(errors.UpstreamError):
                await connection.call(
                    "Runtime.terminateExecution", session=cast.session, timeout=PROBE_TIMEOUT
                )
        return Session(connection, main)

    async def _ask_for_titles(self, connection: CdpConnection) -> None:
        while True:
            await asyncio.sleep(TITLES_EVERY)
            if self.audience:
                try:
                    found = await connection.call("Target.getTargets", {"filter": [{"type": "page"}]})
                except errors.UpstreamError:
                    continue
                targets = found.get("targetInfos")
                for info in targets if isinstance(targets, list) else []:
                    self._on_target(info)

    async def _probe(self, connection: CdpConnection) -> None:
        loop = asyncio.get_running_loop()
        answered_at = loop.time()
        while not connection.closed.done():
            await asyncio.wait([connection.closed], timeout=PROBE_EVERY)
            if connection.closed.done():
                return
            try:
                await connection.call("Browser.getVersion", timeout=PROBE_TIMEOUT)
            except errors.UpstreamError:
                if loop.time() - answered_at > GIVE_UP_AFTER:
                    raise
                self.tell_feeds(Event.SILENT, "The computer has stopped answering.")
            else:
                answered_at = loop.time()
                self.tell_feeds(Event.ANSWERED)

    def _on_event(self, method: str, params: dict[str, Any], session: str) -> None:
        if method == "Page.screencastFrame" or session:
            for cast in (*self._casts.values(), *((self.small.cast,) if self.small.cast else ())):
                if cast.session == session:
                    self._on_tab_event(cast, method, params)
                    return
        elif method in {"Target.targetCreated", "Target.targetInfoChanged"}:
            self._on_target(params.get("targetInfo"))
        elif method == "Target.targetDestroyed":
            self._on_closed_tab(str(params.get("targetId", "")))

    def _on_tab_event(self, cast: Cast, method: str, params: dict[str, Any]) -> None:
        if method == "Input.dragIntercepted" and (hands := self._hands.get(cast.feed.tab)) is not None:
            data = params.get("data")
            hands.drag_intercepted(data if isinstance(data, dict) else {})
        else:
            cast.on_event(method, params)

    def _on_target(self, info: Any) -> None:
        tab = read_target(info)
        if tab is None or not self.tabs.put(tab):
            return
        if (feed := self.feeds.get(tab.id)) is not None:
            feed.describe(title=tab.title, url=tab.url)
        if self._ready.is_set():
            self.follow()
            self.audience.tabs_changed()

    def _on_tab(self, event: TabEvent, tab: Tab) -> None:
        if event is not TabEvent.FOUND:
            self.on_tab(event, tab)
        if event in {TabEvent.MAIN, TabEvent.FOUND}:
            self.on_main_tab(tab.id)

    def _on_closed_tab(self, id: str) -> None:
        if self.tabs.drop(id):
            for feed in tuple(self.feeds.values()):
                for watcher in tuple(feed.watchers):
                    if watcher.wanted == id:
                        watcher.wanted = MAIN
            self.follow()
            self._tell_of_no_tab()
            self.audience.tabs_changed()

    def _tell_of_no_tab(self) -> None:
        if not self.tabs:
            self.tell_feeds(Event.SILENT, "This computer has no open tab.")

    async def _start(self, cast: Cast) -> None:
        """Cast for as long as somebody watches: a page that hangs, or is being replaced, may not let itself be cast
        yet."""
        try:
            while not await self._started(cast):  # noqa: ASYNC110 — it tries, it does not look
                await asyncio.sleep(CAST_AGAIN)
        finally:
            if self._casts.get(cast.feed.tab) is not cast:
                # Nobody watched any more before it had begun.
                await cast.stop()

    async def _started(self, cast: Cast) -> bool:
        try:
            await cast.start()
        except errors.UpstreamError as error:
            logger.warning("A tab of computer %s could not be cast: %s", self.machine.public_id, error)
            cast.feed.on_event(Event.SILENT, "This tab cannot be shown right now.")
        else:
            return True
        return self._casts.get(cast.feed.tab) is not cast

    def do(self, work: Any) -> asyncio.Task[None]:
        """Run it for as long as the connection lasts."""
        job = asyncio.get_running_loop().create_task(work)
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return job
