"""A link without DevTools: pictures over SSE, input as gestures over the action endpoints. One feed: the main tab's."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from functools import partial
from typing import Any

from computers.relay.feed import Feed
from computers.relay.hands import Hands, RestHands
from computers.relay.link import MAIN, Link
from computers.relay.small import SmallOverStream
from computers.relay.states import Event
from computers.relay.tabs import TITLE_LIMIT, URL_LIMIT, Tab, TabEvent, TabList, Tabs
from computers.timeline import ours
from computers.upstream import errors, streams

logger = logging.getLogger(__name__)

#: The tabs are asked for this often while somebody watches, seconds, and once more this long after a verb of ours that
#: touches them: the list lags behind (contract §3.4).
TABS_EVERY = 5.0
TABS_LAG = 1.5

#: History without DevTools is what a person would press.
_HISTORY_KEYS = {"back": ["alt", "arrowleft"], "forward": ["alt", "arrowright"], "reload": ["f5"]}


class StreamLink(Link):
    """Streams only while somebody watches; a viewer that is not quick enough simply misses pictures."""

    def __init__(self, *args: Any) -> None:
        self._rest: RestHands | None = None
        self._watched, self._unwatched_now = asyncio.Event(), asyncio.Event()
        self._touched = asyncio.Event()
        self._listed = False
        super().__init__(*args)
        self.tabs = Tabs(self.machine.main_tab, self._on_tab)

    def small_picture(self) -> SmallOverStream:
        return SmallOverStream(self, self._next_view, self.release_if_unused)

    @property
    def full_feed(self) -> Feed | None:
        """The one that is streamed now, if somebody watches it."""
        feed = self.feeds.get(MAIN)
        return feed if feed is not None and feed.watchers else None

    async def serve(self) -> None:
        await self._watched.wait()
        stream = asyncio.get_running_loop().create_task(self._stream())
        unwatched = asyncio.get_running_loop().create_task(self._unwatched_now.wait())
        listing = asyncio.get_running_loop().create_task(self._list_tabs())
        try:
            # A page that does not change sends nothing, and whoever comes back needs a picture: so the stream ends as
            # soon as nobody watches, and a new one begins with the page as it is.
            await asyncio.wait([stream, unwatched], return_when=asyncio.FIRST_COMPLETED)
            if stream.done():
                await stream
        finally:
            for task in (stream, unwatched, listing):
                task.cancel()
            await asyncio.gather(stream, unwatched, listing, return_exceptions=True)

    async def _stream(self) -> None:
        try:
            async for frame in streams.screencast(self.client, self.machine.upstream_id):
                if (feed := self.feeds.get(MAIN)) is not None:
                    feed.scale = frame.scale
                    feed.on_frame(frame.payload, frame.captured_at, frame.width, frame.height)
        except errors.NoAnswer:
            self.tell_feeds(Event.SILENT, "The computer has stopped answering.")
            raise
        # The stream ended by itself: usually because the computer did.
        await self.client.get(self.machine.upstream_id)

    def tab_list(self) -> TabList | None:
        return dataclasses.replace(self.tabs.as_list(), separate=False) if self._listed else None

    def show_main(self, tab: str) -> None:
        if self.tabs.show(tab):
            self.audience.tabs_changed()
        self._touched.set()

    async def _list_tabs(self) -> None:
        """Ask for the tabs now and then; a service that does not tell has none to show."""
        while True:
            try:
                await self._read_tabs()
            except errors.UpstreamError as error:
                logger.info("The tabs of computer %s are not told: %s", self.machine.public_id, error)
            try:
                async with asyncio.timeout(TABS_EVERY):
                    await self._touched.wait()
                self._touched.clear()
                await self._read_tabs()
                await asyncio.sleep(TABS_LAG)
            except (TimeoutError, errors.UpstreamError):
                continue

    async def _read_tabs(self) -> None:
        listed, call = await self.client.tabs(self.machine.upstream_id)
        await ours.remember(self.machine.pk, call)
        self.tabs.list_anew()
        for each in listed:
            self.tabs.put(Tab(each.id, each.title[:TITLE_LIMIT], each.url[:URL_LIMIT]))
        self.tabs.settle()
        for main in (each.id for each in listed if each.main):
            self.tabs.show(main)
        self._listed = True
        self.audience.tabs_changed()
        feed, shown = self.feeds.get(MAIN), self.tabs.get(self.tabs.main)
        if feed is not None and shown is not None:
            feed.describe(title=shown.title, url=shown.url)

    def _on_tab(self, event: TabEvent, tab: Tab) -> None:
        if event is not TabEvent.FOUND:
            self.on_tab(event, tab)
        if event in {TabEvent.MAIN, TabEvent.FOUND}:
            self.on_main_tab(tab.id)

    def _scale(self) -> float:
        feed = self.feeds.get(MAIN)
        return feed.scale if feed is not None else 1.0

    def resolve(self, _wanted: str) -> str:
        return MAIN

    async def hands(self, _tab: str) -> Hands:
        if self._rest is None:
            self._rest = RestHands(
                self.client, self.machine.upstream_id, self._scale, partial(ours.remember, self.machine.pk)
            )
        return self._rest

    async def navigate(self, url: str) -> None:
        done = await self.client.navigate(self.machine.upstream_id, url)
        await ours.remember(self.machine.pk, done.request_id)

    async def history(self, step: str) -> None:
        keys = {"keys": _HISTORY_KEYS[step]}
        done = await self.client.act(self.machine.upstream_id, "hotkey", keys)
        await ours.remember(self.machine.pk, done.request_id)

    async def release_held(self, _noted: dict[str, Any]) -> None:
        """Gestures are whole: between two calls nothing stays pressed."""

    def feed_opened(self, _feed: Feed) -> None:
        self._watched.set()
        self._unwatched_now.clear()

    def feed_closed(self, _feed: Feed) -> None:
        self._watched.clear()
        self._unwatched_now.set()

    async def close(self) -> None:
        if self._rest is not None:
            await self._rest.close()
        await super().close()
