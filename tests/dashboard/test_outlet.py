"""Whoever writes is never made to wait, and nothing overtakes anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from dashboard.outlet import WAITING_LIMIT, AsgiOutlet, outlet_for


class Server:
    """An ASGI server's `send`: fast, or blocked until `flow`, or broken."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.broken = False
        self._flow = asyncio.Event()
        self._flow.set()
        self.breaks = self.readies = 0
        self.outlet = AsgiOutlet(self.send, on_broken=self._on_broken)
        self.outlet.on_ready = self._on_ready

    def block(self) -> None:
        self._flow.clear()

    def flow(self) -> None:
        self._flow.set()

    async def send(self, message: dict[str, Any]) -> None:
        if not self._flow.is_set():
            await self._flow.wait()
        if self.broken:
            raise OSError("the browser is gone")
        self.sent.append(message.get("text") or message.get("bytes"))

    def _on_broken(self) -> None:
        self.breaks += 1

    def _on_ready(self) -> None:
        self.readies += 1


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    yield server
    await server.outlet.close()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_message_leaves_while_it_is_written(server: Server) -> None:
    server.outlet.write_text("a")
    server.outlet.write_bytes(b"b", b"c")
    assert server.sent == ["a", b"bc"] and server.outlet.ready


async def test_a_blocked_server_makes_nobody_wait_and_keeps_the_order(server: Server) -> None:
    server.block()
    for text in "abc":
        server.outlet.write_text(text)
    assert server.sent == [] and not server.outlet.ready
    server.flow()
    await settle()
    assert server.sent == ["a", "b", "c"] and server.outlet.ready


async def test_what_is_written_while_the_rest_leaves_comes_last(server: Server) -> None:
    server.block()
    server.outlet.write_text("a")
    server.outlet.write_text("b")
    server.flow()
    await asyncio.sleep(0)
    server.outlet.write_text("c")
    await settle()
    assert server.sent == ["a", "b", "c"]


async def test_it_says_when_it_is_ready_again_and_only_then(server: Server) -> None:
    server.outlet.write_text("a")
    assert server.readies == 0
    server.block()
    server.outlet.write_text("b")
    server.outlet.write_text("c")
    server.flow()
    await settle()
    assert server.readies == 1


async def test_whoever_is_told_that_it_is_ready_may_write_at_once(server: Server) -> None:
    server.outlet.on_ready = lambda: server.outlet.write_text("at once")
    server.block()
    server.outlet.write_text("a")
    server.flow()
    await settle()
    assert server.sent == ["a", "at once"]


async def test_a_browser_that_is_gone_breaks_it_once_and_later_writes_are_ignored(server: Server) -> None:
    server.broken = True
    server.outlet.write_text("a")
    server.outlet.write_text("b")
    assert server.breaks == 1 and not server.outlet.ready


async def test_a_browser_that_leaves_while_messages_wait_breaks_it_once(server: Server) -> None:
    server.block()
    server.outlet.write_text("a")
    server.outlet.write_text("b")
    server.broken = True
    server.flow()
    await settle()
    assert server.breaks == 1 and server.readies == 0 and server.sent == []


async def test_too_many_waiting_messages_break_it(server: Server) -> None:
    server.block()
    for number in range(WAITING_LIMIT + 1):
        server.outlet.write_text(str(number))
    assert server.breaks == 0
    server.outlet.write_text("one more")
    assert server.breaks == 1


async def test_closed_it_sends_nothing_more(server: Server) -> None:
    server.block()
    server.outlet.write_text("a")
    await server.outlet.close()
    server.flow()
    server.outlet.write_text("b")
    await settle()
    assert server.sent == [] and server.breaks == 0


async def test_a_send_that_is_no_coroutine_is_awaited_too() -> None:
    sent: list[Any] = []

    def send(message: dict[str, Any]) -> asyncio.Future[None]:
        sent.append(message["text"])
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(done.set_result, None)
        return done

    outlet = AsgiOutlet(send, on_broken=lambda: None)
    outlet.write_text("a")
    outlet.write_text("b")
    assert not outlet.ready
    await settle()
    assert sent == ["a", "b"] and outlet.ready


async def test_a_server_without_the_short_way_is_spoken_to_in_plain_asgi() -> None:
    sent: list[Any] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    outlet = outlet_for({"type": "websocket"}, send, on_broken=lambda: None)
    outlet.write_bytes(b"a", b"b")
    assert sent == [{"type": "websocket.send", "bytes": b"ab"}]
