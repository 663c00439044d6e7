"""A browser that nobody uses keeps to itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from local_lightcone.chromium.cdp import Cdp
from local_lightcone.chromium.find import find_chromium
from local_lightcone.chromium.isolation import probe, write_policy
from local_lightcone.chromium.launch import launch
from local_lightcone.sessions.runtime import claimed

PAGE = "http://example.test/"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\nConnection: close\r\n\r\n<form><input name=a></form>"
IDLE_SECONDS = 6.0
"""Without the flags that forbid it, it has called its maker four times by then (measured)."""


@pytest.mark.programs
async def test_it_asks_for_nothing_but_the_page_it_was_sent_to(tmp_path: Path) -> None:
    asked: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A connection made in advance and never used asks for nothing.
        if line := await reader.readline():
            asked.append(line.decode().rsplit(" ", 1)[0])
            writer.write(ANSWER)
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(take, "127.0.0.1", 0)
    with claimed(tmp_path) as runtime:
        policy = write_policy(runtime)
        isolation = probe(runtime, allow_unsandboxed=False)
        home = isolation.make_home(runtime / "idle")
        port = listener.sockets[0].getsockname()[1]
        chromium = await launch(find_chromium(None), isolation, home, policy, port)
        try:
            cdp = await Cdp.connect(chromium.address)
            targets = (await cdp.call("Target.getTargets"))["targetInfos"]
            session = await cdp.attach(next(each["targetId"] for each in targets if each["type"] == "page"))
            await cdp.call("Page.navigate", {"url": PAGE}, session)
            await asyncio.sleep(IDLE_SECONDS)
            await cdp.close()
        finally:
            await chromium.end()
            home.remove()
            listener.close()
    assert f"GET {PAGE}" in asked
    assert not [what for what in asked if PAGE not in what]
