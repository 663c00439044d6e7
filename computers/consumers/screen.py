"""`/ws/computers/<id>/`: one live screen (design §5). What it says is in `wire/screen.py`; what it does is in
`relay/`."""

from __future__ import annotations

import dataclasses

from computers import records, timeline
from computers.actions import between, control, machines, recording
from computers.consumers import people, presence
from computers.consumers.driving import Driving
from computers.consumers.facts import COCKPITS
from computers.consumers.timelines import BATCHES
from computers.models import find_with_role
from computers.relay.audience import Person
from computers.relay.hub import HUB
from computers.relay.link import MAIN
from computers.relay.outbox import SENTENCES
from computers.relay.tabs import MAIN_TAB_NEWS
from computers.relay.viewer import Viewer
from computers.wire import screen as wire
from dashboard import live
from dashboard.permissions import Action, Role, allows

#: Asking for control costs as much patience as this many other messages: each one writes, audits and tells everybody.
CONTROL_COST = 20.0


class ScreenConsumer(Driving):
    """One browser tab that looks at one computer, and perhaps drives it."""

    role: Role
    viewer: Viewer
    wanted = MAIN
    _end_told = False

    @property
    def person(self) -> Person:
        """Who looks, for others who do."""
        return Person(self.user.display_name, self.user.pk, allows(self.role, Action.INPUT))

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
            "id": self.user.pk,
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
        if self.link is not None:
            await presence.say(self.computer.public_id, self.link.audience, ask=True)
            self.spawn(presence.keep_saying(self.computer.public_id, self.link.audience, self))
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
            await presence.say(self.computer.public_id, self.link.audience)

    def groups(self) -> list[str]:
        return [live.computer_group(self.computer.public_id)]

    async def on_news(self, news: live.News) -> None:
        if news.kind == control.NEWS:
            await self._read_lease()
        elif news.kind == presence.NEWS:
            if self.link is not None:
                await presence.heard(self.computer.public_id, self.link.audience, self, news.payload)
        elif news.kind == between.TOLD_NEWS:
            if news.payload["user"] == self.user.pk:
                self.tell("told", message=news.payload["said"])
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
            self._end_told = True

    async def _tell_facts(self, version: int) -> None:
        """The fragments around the picture that follow the computer's row; none after its end, when nobody listens."""
        cockpit = await COCKPITS.at(self.computer.public_id, version)
        if self._end_told:
            return
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
            case wire.Control():
                self.charge(CONTROL_COST)
                self.spawn(self._on_control(message))
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
