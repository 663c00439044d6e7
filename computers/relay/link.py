"""The one upstream connection this process keeps to one computer, however many people watch or drive it.

It connects, keeps connected with back-off, tells its feeds what happens, and ends when upstream no longer has the
computer. What differs between the carriers (DevTools, or a stream of pictures) is in the two subclasses.
"""

from __future__ import annotations

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from computers.relay.audience import Audience
from computers.relay.feed import Feed, Watcher
from computers.relay.hands import Hands
from computers.relay.small import Small
from computers.relay.states import Event
from computers.relay.tabs import OnTab, TabList
from computers.upstream import errors
from computers.upstream.client import Access, Client
from computers.wire.screen import VIEW_MODULUS

logger = logging.getLogger(__name__)

#: Back-off between two attempts to connect, seconds: first, most, and the share that is random.
BACKOFF_FIRST = 0.5
BACKOFF_MOST = 8.0
BACKOFF_JITTER = 0.3
#: A connection that lasted this long was a good one: the next back-off starts anew. Seconds.
GOOD_AFTER = 5.0
#: What people want to see when they want no tab in particular.
MAIN = "main"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a link must know of a computer, read from its row once. `cdp_path` is empty when upstream offers none;
    `main_tab` is the one that was shown last, so that a restarted process shows the same."""

    public_id: str
    pk: int
    connection_id: int
    upstream_id: str
    cdp_path: str
    main_tab: str
    access: Access


class Driven(Protocol):
    """Whoever drives the computer from this process."""

    async def stop(self) -> None:
        """Let go and stop; the caller holds `Link.driving`."""


async def _nobody_knows(_tabs: tuple[str, ...]) -> list[str]:
    return []


class Link(ABC):
    """`on_unused` is called when nobody watches, drives or uses the link any more; `on_gone` when the computer has
    ended (`gone`) or does not offer this carrier (`refused`)."""

    #: Whether another carrier can take over from this one.
    replaceable = False

    def __init__(
        self, machine: Machine, on_unused: Callable[[Link], None], on_gone: Callable[[Link], None]
    ) -> None:
        self.machine = machine
        self.client = Client(machine.access)
        self.users = 0
        self.feeds: dict[str, Feed] = {}
        self._on_unused, self._on_gone = on_unused, on_gone
        self._view = random.randrange(VIEW_MODULUS)
        self._retry = asyncio.Event()
        self.small = self.small_picture()
        self._task = asyncio.get_running_loop().create_task(self._run())
        #: Upstream no longer has the computer; or it has, but not what this carrier needs.
        self.gone = self.refused = False
        #: Held while the driver of this process changes.
        self.driving = asyncio.Lock()
        self.driver: Driven | None = None
        self.audience = Audience(self.tab_list)
        #: Called with the tab that is shown from now on to whoever wants no tab in particular.
        self.on_main_tab: Callable[[str], None] = lambda _tab: None
        #: Called with whatever happens to a tab, as this process sees it: each process that has a link sees it, too.
        self.on_tab: OnTab = lambda _event, _tab: None
        #: Tells which of these tabs were opened after which, as far as anybody knows.
        self.order_of_opening: Callable[[tuple[str, ...]], Awaitable[list[str]]] = _nobody_knows
        #: Called with the connection's own news, whether anybody watches or not.
        self.on_event: Callable[[Event, str], None] = lambda _event, _reason: None

    # What the two carriers fill in

    @abstractmethod
    def small_picture(self) -> Small:
        """The small picture for walls, of which a link has one."""

    @abstractmethod
    async def serve(self) -> None:
        """Connect, then serve until the connection ends; `UpstreamError` says why it could not."""

    @abstractmethod
    def resolve(self, wanted: str) -> str:
        """The tab to show to somebody who wants `wanted`; empty while none is known."""

    @abstractmethod
    async def hands(self, tab: str) -> Hands:
        """Whatever puts input into `tab`; `UpstreamError` when there is no connection."""

    @abstractmethod
    async def navigate(self, url: str) -> None:
        """Open `url` in the main tab; `ActionFailed` with the browser's own reason."""

    @abstractmethod
    async def history(self, step: str) -> None:
        """`back`, `forward` or `reload` in the main tab; `ActionFailed` when there is nowhere to go."""

    @abstractmethod
    async def release_held(self, noted: dict[str, Any]) -> None:
        """Let go of exactly what a lease's row says is pressed; `UpstreamError` when that cannot be done now."""

    def feed_opened(self, feed: Feed) -> None:  # noqa: B027 — a carrier without tabs has nothing to do
        """Somebody wants to see a tab that nobody watched before."""

    def feed_closed(self, feed: Feed) -> None:  # noqa: B027
        """Nobody watches a tab any more."""

    # Tabs

    def tab_list(self) -> TabList | None:
        """The open tabs; None while they are not known."""
        return None

    def show_main(self, tab: str) -> None:  # noqa: B027 — a carrier without tabs has nothing to do
        """From now on `tab` is the main one: whoever wants none in particular sees it. An unknown one changes
        nothing, but says that the tabs were touched."""

    async def selection(self, tab: str) -> str:
        """The text that is selected in `tab`; `ActionFailed` with a sentence when it cannot be told."""
        raise errors.ActionFailed(
            "This computer is connected without DevTools, so its selection cannot be read here."
        )

    async def secret_focus(self, _tab: str) -> bool | None:
        """Whether the focus of `tab` is in a field for a password or the like; None where it cannot be told."""
        return None

    async def asks_to_sign_in(self) -> bool | None:
        """Whether the main tab shows a form to sign in; None where it cannot be told."""
        return None

    # Watching

    def send_away(self) -> None:
        """Another link takes over: everybody connects anew."""
        self.audience.send_away()
        for watcher in tuple(self.small.feed.watchers) if self.small.feed else ():
            watcher.on_replaced()

    def watch(self, watcher: Watcher) -> Feed:
        """Show `watcher.wanted` to `watcher`; call again after changing it."""
        self.unwatch(watcher)
        feed = self._feed(self.resolve(watcher.wanted))
        feed.join(watcher)
        return feed

    def unwatch(self, watcher: Watcher) -> None:
        """Show nothing to `watcher`."""
        for feed in tuple(self.feeds.values()):
            if watcher in feed.watchers:
                feed.leave(watcher)

    def feed_of(self, watcher: Watcher) -> Feed | None:
        """The feed that `watcher` sees."""
        return next((feed for feed in self.feeds.values() if watcher in feed.watchers), None)

    def follow(self) -> None:
        """The tabs changed: move everybody who should now see another one."""
        for feed in tuple(self.feeds.values()):
            for watcher in tuple(feed.watchers):
                if self.resolve(watcher.wanted) != feed.tab:
                    self.watch(watcher)

    def retry_now(self) -> None:
        """Somebody does not want to wait for the back-off."""
        self._retry.set()

    def release_if_unused(self) -> None:
        """Let the hub close this link when nothing needs it."""
        if not self.users and not self.feeds and self.small.feed is None:
            self._on_unused(self)

    async def close(self) -> None:
        """Disconnect and stop."""
        self._task.cancel()
        self.audience.close()
        await asyncio.gather(self._task, return_exceptions=True)
        for feed in self.feeds.values():
            feed.close()
        self.small.close()
        await self.client.aclose()

    # Inner works

    def tell_feeds(self, event: Event, reason: str = "") -> None:
        """Something happened to the connection that all feeds share."""
        self.on_event(event, reason)
        for feed in (*self.feeds.values(), *((self.small.feed,) if self.small.feed else ())):
            feed.on_event(event, reason)

    def _feed(self, tab: str) -> Feed:
        if tab not in self.feeds:
            self.feeds[tab] = Feed(tab, self._next_view, self._unwatched)
            self.feed_opened(self.feeds[tab])
        return self.feeds[tab]

    def _unwatched(self, feed: Feed) -> None:
        feed.close()
        if self.feeds.get(feed.tab) is feed:
            del self.feeds[feed.tab]
            self.feed_closed(feed)
        self.release_if_unused()

    def _next_view(self) -> int:
        self._view = (self._view + 1) % VIEW_MODULUS
        return self._view

    async def _run(self) -> None:
        wait, loop = BACKOFF_FIRST, asyncio.get_running_loop()
        while True:
            started, reason = loop.time(), "The connection to the computer broke."
            try:
                await self.serve()
            except errors.Gone:
                if await self._really_gone():
                    self.gone = True
                    self.tell_feeds(Event.GONE, "This computer has ended.")
                    self._on_gone(self)
                    return
                self.refused = self.replaceable
            except errors.UpstreamError as error:
                reason = str(error)
            except Exception:
                logger.exception("The link to computer %s failed.", self.machine.public_id)
                reason = "Something went wrong here; it has been logged."
            if loop.time() - started > GOOD_AFTER:
                wait = BACKOFF_FIRST
            self.tell_feeds(Event.LOST, reason)
            if self.refused:
                self._on_gone(self)
                return
            await self._pause(wait * (1 + random.random() * BACKOFF_JITTER))
            wait = min(BACKOFF_MOST, wait * 2)

    async def _really_gone(self) -> bool:
        """A DevTools endpoint may be missing on a computer that lives; only the computer's own 404 ends it."""
        try:
            await self.client.get(self.machine.upstream_id)
        except errors.Gone:
            return True
        except errors.UpstreamError:
            return False
        return False

    async def _pause(self, seconds: float) -> None:
        self._retry.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._retry.wait()
        except TimeoutError:
            return
