"""The local server as a child process, and the smallest DevTools client that can question it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil
from tzafon import Lightcone
from websockets.asyncio.client import ClientConnection, connect

from tests.support.processes import Child, environment

Answer = TypeVar("Answer")
READY_SECONDS = 20.0
EVENTUALLY_SECONDS = 15.0
OURS = ("LIGHTDECK_LOCAL_KEY", "LIGHTDECK_LOCAL_HOST", "LIGHTDECK_FORBIDDEN_PORTS", "LIGHTDECK_LOCAL_CDP")


class LocalServer:
    def __init__(self, data_dir: Path, **changes: str) -> None:
        self.data_dir = data_dir
        settings = {"LIGHTDECK_LOCAL_PORT": "0", "LIGHTDECK_DATA_DIR": str(data_dir), **changes}
        kept = {name: value for name, value in environment({}).items() if name not in OURS}
        self.child = Child(["-m", "local_lightcone"], {**kept, **settings})

    def wait(self) -> LocalServer:
        line = self.child.wait_for_line("local_lightcone is ready at ", READY_SECONDS)
        self.url = line.split()[-1]
        key_file = self.data_dir / "local.key"
        self.key = key_file.read_text().strip() if key_file.exists() else "sk_explicit"
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def runtime(self) -> Path:
        return Path((self.data_dir / "local.lock").read_text().strip())

    def sdk(self) -> Lightcone:
        """The official client. It never repeats a call, so that each test sees what it asked for."""
        return Lightcone(api_key=self.key, base_url=self.url, max_retries=0, timeout=30)

    def http(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers=self.headers, timeout=30)

    def chromiums(self) -> list[psutil.Process]:
        return self.child.descendants()

    def uids(self) -> dict[psutil.Process, int]:
        return {process: uid.real for process in self.chromiums() if (uid := ask(process.uids))}

    def listening_ports(self) -> set[int]:
        processes = [*self.chromiums(), psutil.Process(self.child.process.pid)]
        entries = [entry for process in processes for entry in ask(process.net_connections, "tcp") or []]
        return {entry.laddr.port for entry in entries if entry.status == psutil.CONN_LISTEN}

    def end(self) -> int:
        return self.child.end()


def ask(question: Callable[..., Answer], *values: object) -> Answer | None:
    """What a process says of itself, or None: a renderer may end at any moment."""
    try:
        return question(*values)
    except psutil.Error:
        return None


class DevTools:
    """One socket; `page` is a session on the first tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket, self.page, self.tab, self.number = socket, "", "", 0
        self.events: list[dict[str, Any]] = []

    async def __call__(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        await self.socket.send(json.dumps({**message, **({"sessionId": session} if session else {})}))
        while True:
            answer = json.loads(await asyncio.wait_for(self.socket.recv(), 15))
            if answer.get("id") == self.number:
                assert "error" not in answer, answer["error"]
                return dict(answer["result"])
            self.events.append(answer)

    async def attach(self, tab: str) -> str:
        return str((await self("Target.attachToTarget", targetId=tab, flatten=True))["sessionId"])

    async def evaluate(self, expression: str, session: str = "") -> Any:
        wanted = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = await self("Runtime.evaluate", session or self.page, **wanted)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def eventually(self, expression: str, session: str = "") -> Any:
        """The first true answer. A page on its way to another one has no context to ask for a moment."""
        async with asyncio.timeout(EVENTUALLY_SECONDS):
            while True:
                with contextlib.suppress(AssertionError):
                    if answer := await self.evaluate(expression, session):
                        return answer
                await asyncio.sleep(0.02)


def socket_url(server: LocalServer, computer_id: str, path: str = "cdp") -> str:
    return f"{server.url.replace('http', 'ws')}/computers/{computer_id}/{path}?token={server.key}"


@asynccontextmanager
async def devtools(server: LocalServer, computer_id: str, path: str = "cdp") -> AsyncIterator[DevTools]:
    address = socket_url(server, computer_id, path)
    options: dict[str, Any] = {"compression": None, "max_size": None, "proxy": None, "ping_interval": None}
    async with connect(address, **options) as socket:
        client = DevTools(socket)
        targets = (await client("Target.getTargets"))["targetInfos"]
        client.tab = next(target["targetId"] for target in targets if target["type"] == "page")
        client.page = await client.attach(client.tab)
        yield client
