"""`/ws/computers/<id>/`: one live screen (design §5). What it says is in `wire/screen.py`; what it does is in
`relay/`."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

from django.core.exceptions import PermissionDenied

from computers import leases, records, timeline
from computers.actions import Refused, control, machines, recording
from computers.consumers import people
from computers.consumers.facts import COCKPITS
from computers.consumers.noting import InputNotes
from computers.consumers.telling import Telling
from computers.consumers.timelines import BATCHES
from computers.macros import recordings
from computers.models import Computer, find_with_role
from computers.relay.hub import HUB
from computers.relay.lease import Driver
from computers.relay.link import MAIN, Link
from computers.relay.outbox import SENTENCES
from computers.relay.tabs import MAIN_TAB_NEWS
from computers.relay.viewer import Viewer
from computers.wire import screen as wire
from dashboard import live
from dashboard.permissions import Action, Actor, Role, allows

#: Asking for control costs as much patience as this many other messages: each one writes, audits and tells everybody.
CONTROL_COST = 20.0


class ScreenConsumer(Telling):
    """One browser tab that looks at one computer, and perhaps drives it."""

    computer: Computer
    role: Role
    viewer: Viewer
    client = ""
    wanted = MAIN
    link: Link | None = None
    driver: Driver | None = None
    notes: InputNotes | None = None
    _control_told: dict[str, Any] | None = None

    def __init__(self) -> None:
        super().__init__()
        # Taking control and the news of it arrive together; told one after the other, the page never flickers.
        self._lease = asyncio.Lock()

    # Coming and going

    async def authorise(self) -> None:
        public_id = self.scope["url_route"]["kwargs"]["public_id"]
        self.computer, self.role = await find_with_role(self.user, public_id, Action.WATCH)
        # Another address or key of its connection: whoever looks through the old link connects anew.
        HUB.opened(self.computer)
        if self.driver is not None and not allows(self.role, Action.INPUT):
            await self._release("no longer allowed to drive")

    async def opened(self) -> None:
        self.viewer = Viewer(self.outlet)
        self.client = await people.settle(self, self.query.get("client", ""))
        you = {
            "name": self.user.display_name,
            "role": self.role,
            "may_drive": allows(self.role, Action.INPUT),
        }
        self.tell("hello", protocol=wire.PROTOCOL, client=self.client, you=you)
        if self.computer.is_gone:
            self.tell_ended(self.computer.gone_reason)
            return
        self.link = HUB.open(self.computer)
        self.feed = self.link.watch(self)
        self.link.audience.add(self)

    async def listening(self) -> None:
        await self._read_lease(adopt=True)
        await self._tell_facts(self.computer.version)
        self.tell_timeline(await BATCHES.newest(self.computer.pk))

    async def closed(self) -> None:
        people.leave(self)
        self.forget_terminating()
        if self.link is None:
            return
        self.viewer.close()
        self.link.unwatch(self)
        self.link.audience.discard(self)
        try:
            if self.driver is not None:
                await self.driver.end()
        finally:
            HUB.done(self.link)

    def groups(self) -> list[str]:
        return [live.computer_group(self.computer.public_id)]

    async def on_news(self, news: live.News) -> None:
        if news.kind == control.NEWS:
            await self._read_lease()
        elif news.kind == records.NEWS:
            await self._tell_facts(news.payload["version"])
        elif news.kind == timeline.NEWS:
            self.tell_timeline(await BATCHES.at(self.computer.pk, int(news.payload["last"])))
        elif news.kind == recording.NEWS:
            self._hear_of_recording(news.payload)
        elif news.kind == MAIN_TAB_NEWS:
            if self.link is not None:
                self.link.show_main(str(news.payload.get("tab", "")))
        elif news.kind == machines.ENDING_NEWS:
            self.tell_ending(str(news.payload.get("by", "")))
        elif news.kind == records.GONE_NEWS:
            await self._read_end()

    def on_end(self) -> None:
        # The news of its row follows; if that was there before this socket listened, the row says so itself.
        self.spawn(self._read_end())

    async def _read_end(self) -> None:
        await self._check_authority()
        if self.computer.is_gone:
            await self._tell_facts(self.computer.version)
            self.tell_ended(self.computer.gone_reason)

    async def _tell_facts(self, version: int) -> None:
        """The fragments around the picture that follow the computer's row."""
        cockpit = await COCKPITS.at(self.computer.public_id, version)
        for fact in cockpit.facts if cockpit else []:
            self.tell("fact", key=fact.key, version=fact.version, html=fact.html)

    # What the browser says

    def on_message(self, text: str) -> None:
        try:
            message = wire.parse(text)
        except wire.Malformed as malformed:
            self.complain("malformed", str(malformed), malformed=True)
            return
        match message:
            case wire.Seen(seq):
                self.viewer.seen(seq)
            case wire.Pointer() | wire.Key() | wire.Text():
                self._on_input(message)
            case wire.Answer():
                self.spawn(self._on_answer(message))
            case wire.Control(action, reason):
                self.charge(CONTROL_COST)
                self.spawn(self._on_control(action, reason))
            case wire.Pace(max_fps):
                self.viewer.pace(max_fps)
                if max_fps == 0 and self.driver is not None:
                    # A hidden page hears no key go up: let go of everything, keep the lease.
                    self.spawn(self.driver.let_go())
            case wire.Watch(tab):
                self.wanted = tab
                if self.link is not None:
                    self.feed = self.link.watch(self)
            case wire.Ping(at):
                self.tell("pong", at=at)
            case wire.Retry():
                if self.link is not None:
                    self.link.retry_now()
            case wire.Here():
                people.answered(self)

    def _on_input(self, item: wire.Input) -> None:
        if self.driver is None or item.epoch != self.driver.epoch:
            self.complain("stale_lease", "You are not driving this computer.")
        elif isinstance(item, wire.Pointer):
            self.driver.put(self._on_screen(item))
        else:
            self.driver.put(item)

    async def _on_answer(self, answer: wire.Answer) -> None:
        if self.driver is None or answer.epoch != self.driver.epoch:
            self.complain("stale_lease", "You are not driving this computer.")
        elif self.feed is None or not self.feed.waits_for(answer.number, answer.view):
            self.complain("stale_view", SENTENCES["closed_dialog"])
        else:
            await self.driver.answer(answer, self.feed)

    def _on_screen(self, item: wire.Pointer) -> wire.Pointer:
        """A drag may leave the canvas; the computer's own pointer stops at the edge, as a mouse does."""
        width, height = (self.feed.width, self.feed.height) if self.feed else (0, 0)
        x, y = min(max(item.x, 0.0), max(width - 1.0, 0.0)), min(max(item.y, 0.0), max(height - 1.0, 0.0))
        return item if (x, y) == (item.x, item.y) else dataclasses.replace(item, x=x, y=y)

    # Control

    @property
    def actor(self) -> Actor:
        """The person, and the tab they drive from."""
        client = self.scope.get("client") or [""]
        return Actor(self.user, self.client, str(client[0]))

    async def _on_control(self, action: str, reason: str) -> None:
        try:
            if action == "take":
                async with self._lease:
                    await control.take(self.actor, self.computer)
                    await self._settle_control(adopt=True)
            elif action == "release":
                await self._release(reason)
            else:
                self.complain("not_yet", "Requests for control come with a later version.")
        except Refused as refused:
            self.complain(refused.code, str(refused))
        except PermissionDenied:
            self.complain("not_allowed", "Your role does not allow you to drive this computer.")

    async def _release(self, reason: str) -> None:
        async with self._lease:
            await self._stop_driving()
            await control.release(self.actor, self.computer, reason)
            await self._settle_control()

    async def _read_lease(self, *, adopt: bool = False) -> None:
        async with self._lease:
            await self._settle_control(adopt=adopt)

    async def _settle_control(self, *, adopt: bool = False) -> None:
        """Read who drives, tell the browser, and start or stop driving accordingly."""
        standing = await leases.standing(self.computer.pk)
        mine = standing.held_by(self.actor)
        if self.driver is not None and (not mine or self.driver.epoch != standing.epoch):
            await self._stop_driving()
        if adopt and mine and self.driver is None and self.link is not None:
            mine = await self._start_driving(standing.epoch)
        self._tell_control(standing, mine)

    def _tell_control(self, standing: leases.Standing, mine: bool) -> None:
        told: dict[str, Any] = {
            "holder": None
            if standing.free
            else {"name": standing.holder, "you": standing.holder_id == self.user.pk},
            "you_hold": mine and self.driver is not None,
            "epoch": standing.epoch,
            "requests": [],
        }
        if told != self._control_told:
            self._control_told = told
            self.tell("control", **told, expires_at=standing.lapses_at)

    async def _start_driving(self, epoch: int) -> bool:
        assert self.link is not None
        notes = InputNotes(self.computer, self.actor)
        driver = Driver(
            self.link,
            epoch,
            tab=lambda: self.feed.tab if self.feed else "",
            view=lambda: self.feed.view if self.feed else -1,
            refuse=self.complain,
            on_lost=lambda: self._lost(driver),
            on_sent=notes.sent,
            on_stopped=notes.end,
        )
        # Input that comes from now on waits inside the driver until no earlier process can be sending.
        self.driver, self.notes = driver, notes
        if await recordings.is_on(self.computer.pk, self.actor):
            notes.record(self._secret_focus)
        if await driver.begin():
            return True
        if self.driver is driver:
            self.driver = None
        return False

    def _hear_of_recording(self, payload: dict[str, Any]) -> None:
        """The driver's own process keeps what is typed, and notes the end after what was still open."""
        if (payload["user"], payload["client"]) != (self.user.pk, self.client):
            return
        if self.driver is None or self.notes is None:
            return
        if payload["on"]:
            self.notes.record(self._secret_focus)
        else:
            self.notes.stop_recording()
            ending = recording.ending(payload["id"], payload["first"], self.actor)
            timeline.note(self.computer.pk, self.computer.public_id, ending)

    async def _secret_focus(self) -> bool | None:
        if self.link is None or self.feed is None:
            return None
        return await self.link.secret_focus(self.feed.tab)

    def _lost(self, driver: Driver) -> None:
        if self.driver is driver:
            self.spawn(self._read_lost())

    async def _read_lost(self) -> None:
        async with self._lease:
            await self._stop_driving()
            await self._settle_control()

    async def _stop_driving(self) -> None:
        driver, self.driver = self.driver, None
        if driver is not None:
            await driver.end()
