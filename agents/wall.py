"""`/ws/fleet/` as the wall has it: the computers, and the queue of tasks that wait for a person."""

from __future__ import annotations

from agents import record
from agents.needs import KEY, need_fact, need_versions
from computers.consumers.facts import Memory
from computers.consumers.fleet import FleetConsumer
from computers.fragments import Fact
from dashboard import live
from dashboard.permissions import Role


async def _need(key: tuple[str, Role]) -> Fact | None:
    return await need_fact(*key)


#: This process's: places in the queue by task and role.
NEEDS: Memory[tuple[str, Role], Fact] = Memory(_need)


class WallConsumer(FleetConsumer):
    """One open wall."""

    async def versions(self) -> dict[str, int]:
        return await super().versions() | await need_versions(list(self.roles))

    async def on_news(self, news: live.News) -> None:
        if news.kind == record.NEWS:
            self.send_soon(KEY, news, NEEDS)
        else:
            await super().on_news(news)
