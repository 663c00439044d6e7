"""The small picture of one computer's main tab, for walls: one upstream, however many walls show it, and none when none
does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from computers.relay.cast import Cast
from computers.relay.feed import Feed, Watcher
from computers.relay.states import Event
from computers.upstream import streams
from computers.upstream.errors import UpstreamError

if TYPE_CHECKING:
    from computers.relay.cdp_link import CdpLink
    from computers.relay.stream_link import StreamLink

logger = logging.getLogger(__name__)

#: Sides of a small picture at most, pixels, and its JPEG quality.
SMALL_SIDE, SMALL_QUALITY = 400, 50
#: A tab that could not be cast is tried again after this long; a hidden one is photographed this often. Seconds.
CAST_AGAIN, HIDDEN_EVERY = 3.0, 3.0
#: Where pictures only come whole and at full speed, one is taken this often, from a stream that is then closed; its
#: first picture must come within the second number. Seconds.
SAMPLE_EVERY, SAMPLE_WITHIN = 4.0, 10.0


class Small:
    """Who watches the small picture. `opened` and `closed` are the carrier's: somebody does, nobody does any more."""

    def __init__(self, next_view: Callable[[], int], on_unused: Callable[[], None]) -> None:
        self._next_view, self._on_unused = next_view, on_unused
        self.feed: Feed | None = None

    def watch(self, watcher: Watcher) -> None:
        """Show it to `watcher`, the newest picture at once."""
        if self.feed is None:
            self.feed = Feed("", self._next_view, self._unwatched)
            self.opened()
        self.feed.join(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """No longer show it to `watcher`; like every feed it closes a moment after the last one left."""
        if self.feed is not None and watcher in self.feed.watchers:
            self.feed.leave(watcher)

    def opened(self) -> None:
        """Begin to fill `feed`."""

    def closed(self) -> None:
        """Nothing more is wanted of upstream."""

    def close(self) -> None:
        """For the end of the link."""
        if self.feed is not None:
            self.feed.close()
        self.closed()

    def _unwatched(self, feed: Feed) -> None:
        feed.close()
        self.feed = None
        self.closed()
        self._on_unused()


class SmallCast(Cast):
    """A second cast of the same tab, at its own size. It asks for no events of the page, so no dialog waits for it, and
    changes nothing that the page could notice."""

    params: dict[str, Any] = {
        "format": "jpeg",
        "quality": SMALL_QUALITY,
        "maxWidth": SMALL_SIDE,
        "maxHeight": SMALL_SIDE,
    }
    hidden_every = HIDDEN_EVERY
    hears_the_page = False


class SmallOverCdp(Small):
    """Follows the link's main tab."""

    def __init__(self, link: CdpLink, *args: Any) -> None:
        super().__init__(*args)
        self._link = link
        self.cast: SmallCast | None = None

    def opened(self) -> None:
        self.follow()

    def closed(self) -> None:
        cast = self._forget_cast()
        if cast is not None:
            self._link.do(cast.stop())

    def follow(self) -> None:
        """The connection or the tabs changed: cast what is the main tab now."""
        connection, tab = self._link.connection, self._link.main_tab
        if self.feed is None or connection is None or not tab:
            return
        if self.cast is not None and (self.cast.connection, self.feed.tab) == (connection, tab):
            return
        self.closed()
        if self.feed.tab:
            self.feed.restart()
        self.feed.tab = tab
        self.cast = SmallCast(connection, self.feed)
        self._link.do(self._start(self.cast))

    def abandon(self) -> None:
        """The connection has ended."""
        cast = self._forget_cast()
        if cast is not None:
            cast.abandon()

    def _forget_cast(self) -> SmallCast | None:
        cast, self.cast = self.cast, None
        return cast

    async def _start(self, cast: SmallCast) -> None:
        """Never cancelled in the middle: what was attached meanwhile must be let go of."""
        while self.cast is cast:
            try:
                await cast.start()
                break
            except UpstreamError as error:
                logger.info("The small picture of %s waits: %s", self._link.machine.public_id, error)
                await asyncio.sleep(CAST_AGAIN)
        if self.cast is not cast:
            await cast.stop()


class SmallOverStream(Small):
    """Takes the newest picture of the full feed where there is one, else the first of a stream of its own."""

    def __init__(self, link: StreamLink, *args: Any) -> None:
        super().__init__(*args)
        self._link = link
        self._sampling: asyncio.Task[None] | None = None

    def opened(self) -> None:
        self._sampling = asyncio.get_running_loop().create_task(self._sample())

    def closed(self) -> None:
        if self._sampling is not None:
            self._sampling.cancel()
            self._sampling = None

    async def _sample(self) -> None:
        while True:
            if self.feed is not None and self.feed.watchers:
                try:
                    async with asyncio.timeout(SAMPLE_WITHIN):
                        await self._take(self.feed)
                except (UpstreamError, TimeoutError) as error:
                    self.feed.on_event(Event.SILENT, str(error) or "No picture came.")
            await asyncio.sleep(SAMPLE_EVERY)

    async def _take(self, feed: Feed) -> None:
        full = self._link.full_feed
        if full is not None and (newest := full.newest) is not None:
            feed.on_frame(newest.payload, newest.captured_at, newest.width, newest.height)
            return
        async with aclosing(streams.screencast(self._link.client, self._link.machine.upstream_id)) as frames:
            async for frame in frames:
                feed.on_frame(frame.payload, frame.captured_at, frame.width, frame.height)
                return
