"""How a screen socket drives: who holds the lease is read, told, and followed by starting or stopping this process's
driver."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.exceptions import PermissionDenied

from computers import leases, passing, timeline
from computers.actions import Refused, between, control, recording
from computers.consumers.noting import InputNotes
from computers.consumers.telling import Telling
from computers.macros import recordings
from computers.models import Computer
from computers.passing import Asked
from computers.relay.feed import Feed
from computers.relay.lease import Driver
from computers.relay.link import Link
from computers.wire.screen import Control
from dashboard.permissions import Actor

#: What a role that may not is told.
NOT_ALLOWED = {
    "take": "Your role does not allow you to drive this computer.",
    "force": "Only an admin takes control by force.",
}


class Driving(Telling):
    """One browser tab that may drive one computer."""

    computer: Computer
    client = ""
    link: Link | None = None
    driver: Driver | None = None
    notes: InputNotes | None = None
    _control_told: dict[str, Any] | None = None

    def __init__(self) -> None:
        super().__init__()
        # Taking control and the news of it arrive together; told one after the other, the page never flickers.
        self._lease = asyncio.Lock()

    @property
    def actor(self) -> Actor:
        """The person, and the tab they drive from."""
        client = self.scope.get("client") or [""]
        return Actor(self.user, self.client, str(client[0]))

    def on_state(self, feed: Feed) -> None:
        """Besides telling it: whoever sees another tab presses nothing in the one before."""
        elsewhere = self.feed is not None and self.feed.tab != feed.tab
        super().on_state(feed)
        if elsewhere and self.driver is not None:
            self.spawn(self.driver.leave_tab())

    async def _on_control(self, asked: Control) -> None:
        actor, computer = self.actor, self.computer
        try:
            match asked.action:
                case "take":
                    async with self._lease:
                        await control.take(actor, computer)
                        await self._settle_control(adopt=True)
                case "release":
                    await self._release(asked.reason)
                case "request":
                    await between.request(actor, computer, asked.reason)
                case "withdraw":
                    await between.withdraw(actor, computer)
                case "grant":
                    await between.grant(actor, computer, asked.to)
                case "deny":
                    await between.deny(actor, computer, asked.to, asked.reason)
                case "force":
                    async with self._lease:
                        await between.force(actor, computer, asked.reason)
                        await self._settle_control(adopt=True)
        except Refused as refused:
            self.complain(refused.code, str(refused))
        except PermissionDenied:
            self.complain("not_allowed", NOT_ALLOWED.get(asked.action, NOT_ALLOWED["take"]))

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
        standing, requests = await passing.stands(self.computer.pk)
        # Whoever hands back to an agent sends nothing more, though the lease is theirs until the agent goes on.
        mine = standing.held_by(self.actor) and not standing.state
        if self.driver is not None and (not mine or self.driver.epoch != standing.epoch):
            await self._stop_driving()
        if adopt and mine and self.driver is None and self.link is not None:
            mine = await self._start_driving(standing.epoch)
        self._tell_control(standing, mine, requests)

    def _tell_control(self, standing: leases.Standing, mine: bool, requests: list[Asked]) -> None:
        told: dict[str, Any] = {
            "holder": None
            if standing.free
            else {"name": standing.holder, "you": standing.holder_id == self.user.pk},
            "you_hold": mine and self.driver is not None,
            "epoch": standing.epoch,
            "turn": {"state": standing.state, "name": standing.reserved_by} if standing.state else None,
            "waits": standing.waits_for(self.actor) and self.driver is None,
            "requests": [
                {
                    "user": each.user,
                    "name": each.name,
                    "you": each.user == self.user.pk,
                    "reason": each.reason,
                    "expires_at": each.expires_at,
                }
                for each in requests
            ],
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
            on_stopped=lambda: self._stopped(driver, notes),
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

    def _stopped(self, driver: Driver, notes: InputNotes) -> None:
        notes.end()
        # Not by us: somebody hands back, or another one drives. The page must not believe that it still does.
        self._lost(driver)

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
