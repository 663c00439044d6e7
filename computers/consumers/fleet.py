"""`/ws/fleet/`: the wall. One socket tells of every computer of the person's teams, as the wall's own fragments."""

from __future__ import annotations

import asyncio

from django.core.exceptions import PermissionDenied

from computers import records
from computers.consumers.facts import ROWS, Memory
from computers.consumers.tiles import Tiles
from computers.fleet import claims
from computers.fragments import Fact, troubles_fact
from computers.models import Computer
from computers.views import pins
from computers.wire import fleet as wire
from computers.wire.screen import Malformed
from dashboard import live
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows
from dashboard.sockets import Close, Socket

#: One fact is sent at most this often, seconds; what happens in between is in the next one.
ROW_EVERY = 0.2
#: Another choice of tiles costs as much patience as this many other messages: it is looked up, and opens links.
WATCH_COST = 5.0


class FleetConsumer(Socket):
    """One open wall."""

    #: Team → the person's role there.
    roles: dict[int, Role]

    async def authorise(self) -> None:
        """Any member of any team, or of `?team=<slug>`. Who lost a team is cut: the page still shows its computers. Who
        joined one connects anew, and finds them."""
        roles = await _roles(self.user, self.query.get("team", ""))
        if not roles or getattr(self, "roles", roles).keys() - roles.keys():
            raise PermissionDenied
        if roles.keys() - getattr(self, "roles", roles).keys():
            self.end(Close.AGAIN)
        self.roles = roles

    async def opened(self) -> None:
        self._sent_at: dict[str, float] = {}
        self._waiting: dict[str, live.News] = {}
        self._tiles = Tiles(self.outlet, self.tell, self._find)
        self.spawn(self._tiles.run())

    def groups(self) -> list[str]:
        return [live.team_group(team) for team in self.roles]

    async def listening(self) -> None:
        """The rows' versions as they are now: a page that was rendered before sees whether it missed something."""
        self.tell("versions", versions=await self.versions())

    async def versions(self) -> dict[str, int]:
        """The version of every fact that the page should show."""
        return await _versions(list(self.roles))

    async def closed(self) -> None:
        self._tiles.close()

    def on_message(self, text: str) -> None:
        try:
            message = wire.parse(text)
        except Malformed as malformed:
            self.complain("malformed", str(malformed), malformed=True)
            return
        match message:
            case wire.Watch(computers):
                self.charge(WATCH_COST)
                self._tiles.wish(computers)
            case wire.Seen(frames):
                self._tiles.seen(frames)
            case wire.Ping():
                self.tell("pong")

    async def on_news(self, news: live.News) -> None:
        if news.kind == records.NEWS:
            self.send_soon("computer", news, ROWS)
        elif news.kind == claims.NEWS:
            self.spawn(self._send_troubles())
        elif news.kind == pins.NEWS:
            self.tell("pins", ids=news.payload["ids"])

    def send_soon(self, kind: str, news: live.News, facts: Memory[tuple[str, Role], Fact]) -> None:
        """Send the fact that the news is about, as the person's role there sees it; `kind` begins its key."""
        id = news.payload["id"]
        if id not in self._waiting:
            self.spawn(self._send_fact(kind, id, facts))
        self._waiting[id] = news

    async def _send_fact(self, kind: str, id: str, facts: Memory[tuple[str, Role], Fact]) -> None:
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._sent_at.get(id, 0.0) + ROW_EVERY - now))
        self._sent_at[id] = asyncio.get_running_loop().time()
        news = self._waiting.pop(id)
        if (role := self.roles.get(news.payload["team"])) is None:
            return
        version = news.payload["version"]
        # An empty one takes what was deleted off the page.
        self._tell_fact(await facts.at((id, role), version) or Fact(f"{kind}:{id}", version, ""))

    async def _find(self, ids: list[str]) -> list[Computer]:
        return await _visible(self.user, list(self.roles), ids)

    async def _send_troubles(self) -> None:
        self._tell_fact(await troubles_fact(self.user))

    def _tell_fact(self, fact: Fact | None) -> None:
        if fact is not None:
            self.tell("fact", key=fact.key, version=fact.version, html=fact.html)


@unit
def _roles(user: User, team: str) -> dict[int, Role]:
    memberships = user.memberships.filter(team__slug=team) if team else user.memberships.all()
    roles = {membership.team_id: Role(membership.role) for membership in memberships}
    return {team: role for team, role in roles.items() if allows(role, Action.WATCH)}


@unit
def _visible(user: User, teams: list[int], ids: list[str]) -> list[Computer]:
    rows = Computer.objects.visible_to(user).live().filter(connection__team__in=teams, public_id__in=ids)
    return list(rows.select_related("connection__team"))


@unit
def _versions(teams: list[int]) -> dict[str, int]:
    rows = Computer.objects.live().filter(connection__team__in=teams)
    return {f"computer:{id}": version for id, version in rows.values_list("public_id", "version")}
