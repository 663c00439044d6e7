import asyncio
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from ..chromium.cdp import Cdp
from ..chromium.forwarder import Forwarder
from ..chromium.isolation import Isolation
from ..chromium.launch import Launched, launch
from ..chromium.reach import Ports
from ..chromium.tabs import Tabs
from ..exec.commands import Commands
from ..exec.sandbox import Sandbox
from .clock import Clock
from .events import Events
from .hands import Hands
from .keeping import Keeping, restore
from .saved import Saved
from .spec import Spec


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every computer of this server is made with."""

    program: str
    isolation: Isolation
    runtime: Path
    policy: Path
    ports: Ports
    offers_cdp: bool
    saved: Saved
    sandbox: Sandbox | None
    """None: commands are off."""


@dataclass(slots=True)
class Computer:
    """One running browser computer. What it owns is undone in reverse order by `close`."""

    id: str
    spec: Spec
    clock: Clock
    offers_cdp: bool
    forwarder: Forwarder
    chromium: Launched
    cdp: Cdp
    tabs: Tabs
    version: dict[str, Any]
    _keeping: Keeping
    _belongings: AsyncExitStack
    commands: Commands
    hands: Hands = field(default_factory=Hands)
    events: Events = field(default_factory=Events)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set as soon as it is ended, by whomever."""

    @classmethod
    async def start(cls, spec: Spec, workshop: Workshop) -> Self:
        id = new_id()
        async with AsyncExitStack() as stack:
            home = await asyncio.to_thread(workshop.isolation.make_home, workshop.runtime / id)
            stack.push_async_callback(asyncio.to_thread, home.remove)
            cookies = []
            if spec.environment_id is not None:
                cookies = await asyncio.to_thread(workshop.saved.lay_out, spec.environment_id, home)
            keeping = Keeping(workshop.saved, home)
            stack.push_async_callback(keeping.save)
            forwarder = Forwarder(workshop.ports)
            await forwarder.start()
            stack.push_async_callback(forwarder.close)
            program, isolation, policy = workshop.program, workshop.isolation, workshop.policy
            chromium = await launch(program, isolation, home, policy, forwarder.port)
            stack.push_async_callback(chromium.end)
            workshop.ports.add(chromium.port)
            stack.callback(workshop.ports.discard, chromium.port)
            cdp = await Cdp.connect(chromium.address)
            stack.push_async_callback(cdp.close)
            tabs = Tabs(cdp, spec.display)
            stack.push_async_callback(tabs.close)
            await tabs.start()
            await restore(cdp, cookies)
            version = await cdp.call("Browser.getVersion")
            clock, events = Clock(spec), Events()
            commands = Commands(workshop.sandbox, home, events, clock.touch)
            stack.push_async_callback(commands.close)
            return cls(
                id,
                spec,
                clock,
                workshop.offers_cdp,
                forwarder,
                chromium,
                cdp,
                tabs,
                version,
                keeping,
                stack.pop_all(),
                commands,
                events=events,
            )

    async def close(self) -> None:
        self.gone.set()
        self.events.end()
        if self.spec.persistent:
            self.tabs.dialogs.drivers = 0  # nobody is asked any more whether a page may be left
            await self._keeping.flush(self._saved_json(), self.cdp, self.chromium)
        await self._belongings.aclose()

    def as_json(self, status: str) -> dict[str, object]:
        body = {"id": self.id, "kind": "browser", "status": status, **self.clock.as_json()}
        if self.spec.environment_id is not None:
            body["environment_id"] = self.spec.environment_id
        if self.offers_cdp:
            body["endpoints"] = {"cdp": f"/computers/{self.id}/cdp"}
        return body

    def _saved_json(self) -> dict[str, object]:
        """What is told of it once it is saved: it has ended, so it has no deadlines and no endpoints."""
        body = self.as_json("terminated")
        return {
            name: body[name] for name in body if name not in ("expires_at", "idle_expires_at", "endpoints")
        }

    def status_json(self) -> dict[str, object]:
        body = self.as_json("RUNNING")
        return {
            name: value for name, value in body.items() if name not in ("kind", "endpoints", "environment_id")
        }


def new_id() -> str:
    return f"comp_{secrets.randbelow(9 * 10**17) + 10**17}"
