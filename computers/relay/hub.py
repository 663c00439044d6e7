"""The process's links, one for each computer that somebody here watches, drives or acts on."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from computers import records
from computers.connections import access_of, client_of
from computers.models import Computer
from computers.relay.cdp_link import CdpLink
from computers.relay.chronicle import Chronicle, order_of_opening
from computers.relay.feed import LINGER
from computers.relay.link import Link, Machine
from computers.relay.stream_link import StreamLink
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError

#: This process's name among those that may hold a lease's wheel. Random: a restarted process is another one.
PROCESS = secrets.token_hex(8)
#: A computer that refused DevTools is asked again this often while it is shown the other way, seconds: an endpoint may
#: be missing for a moment only.
CDP_AGAIN = 120.0


@dataclass(frozen=True, slots=True)
class Figures:
    """How much this process does now."""

    links: int
    feeds: int
    viewers: int


class Hub:
    """Opens links on demand and closes them when nobody needs them any more."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}
        self._without_cdp: set[str] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self._waiting: set[asyncio.Task[None]] = set()

    def open(self, computer: Computer) -> Link:
        """The link to `computer`, with one more user; `done` gives it back. Needs `computer.connection` loaded."""
        link = self.opened(computer)
        if link is None or link.gone:
            machine = _machine(computer)
            kind = CdpLink if machine.cdp_path and computer.public_id not in self._without_cdp else StreamLink
            link = self._links[computer.public_id] = kind(machine, self._close, self._over)
            link.on_main_tab = lambda tab: self._later(_note_main_tab(machine, tab))
            self._write_down(link)
        link.users += 1
        return link

    def done(self, link: Link) -> None:
        """One user less; the link stays open a moment, for the next click."""
        link.users -= 1
        asyncio.get_running_loop().call_later(LINGER, link.release_if_unused)

    def opened(self, computer: Computer) -> Link | None:
        """The link to `computer` if this process has one; nothing is opened. One that knows an earlier address or key
        of the connection is none: whoever still looks through it connects anew."""
        link = self._links.get(computer.public_id)
        if link is not None and link.machine.access != access_of(computer.connection):
            del self._links[computer.public_id]
            link.send_away()
            return None
        return link

    @asynccontextmanager
    async def linked(self, computer: Computer) -> AsyncIterator[Link]:
        """The link to `computer` for the length of a block."""
        link = self.open(computer)
        try:
            yield link
        finally:
            self.done(link)

    @asynccontextmanager
    async def client(self, computer: Computer) -> AsyncIterator[Client]:
        """A client for one verb: the link's own where somebody looks, since a new connection costs as much as a
        click."""
        link = self.opened(computer)
        if link is not None and not link.gone:
            async with self.linked(computer) as link:
                yield link.client
        else:
            async with client_of(computer.connection) as client:
                yield client

    def figures(self) -> Figures:
        """For whoever watches over the process."""
        feeds = [feed for link in self._links.values() for feed in link.feeds.values()]
        return Figures(len(self._links), len(feeds), sum(len(feed.watchers) for feed in feeds))

    async def stop(self) -> None:
        """Close every link. For the end of the process."""
        links, self._links = list(self._links.values()), {}
        for waiting in self._waiting:
            waiting.cancel()
        await asyncio.gather(*(link.close() for link in links), *self._closing, return_exceptions=True)

    def _write_down(self, link: Link) -> None:
        """What the link sees goes to the timeline."""
        machine = link.machine
        id = machine.public_id
        seen = Chronicle(machine.pk, id, machine.main_tab, lambda: self._links.get(id) is link)
        link.on_tab, link.on_event = seen.tab, seen.connection
        link.order_of_opening = partial(order_of_opening, machine.pk)

    def _close(self, link: Link) -> None:
        if self._links.get(link.machine.public_id) is link:
            del self._links[link.machine.public_id]
        self._later(link.close())

    def _over(self, link: Link) -> None:
        """The computer has ended; or it lives without DevTools, and its pictures are streamed from now on."""
        machine = link.machine
        if self._links.get(machine.public_id) is link:
            del self._links[machine.public_id]
        if link.gone:
            self._without_cdp.discard(machine.public_id)
            self._later(_mark_gone(machine))
        else:
            self._without_cdp.add(machine.public_id)
            waiting = asyncio.get_running_loop().create_task(self._try_cdp_again(machine))
            self._waiting.add(waiting)
            waiting.add_done_callback(self._waiting.discard)
            link.send_away()

    async def _try_cdp_again(self, machine: Machine) -> None:
        """Come back to DevTools once it is offered again, or as soon as nobody looks any other way."""
        while True:
            await asyncio.sleep(CDP_AGAIN)
            link = self._links.get(machine.public_id)
            try:
                if link is not None:
                    await link.client.cdp_version(machine.cdp_path)
            except UpstreamError:
                continue
            self._without_cdp.discard(machine.public_id)
            if link is not None and self._links.get(machine.public_id) is link:
                del self._links[machine.public_id]
                link.send_away()
            return

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _note_main_tab(machine: Machine, tab: str) -> None:
    await records.note_main_tab(machine.pk, tab)


async def _mark_gone(machine: Machine) -> None:
    await records.mark_gone(machine.connection_id, machine.upstream_id)


def _machine(computer: Computer) -> Machine:
    # Some answers leave the endpoints out, but every browser has the same one (contract §4).
    usual = f"/computers/{computer.upstream_id}/cdp" if computer.kind == "browser" else ""
    return Machine(
        computer.public_id,
        computer.pk,
        computer.connection_id,
        computer.upstream_id,
        computer.cdp_path or usual,
        computer.main_tab,
        access_of(computer.connection),
    )


HUB = Hub()
