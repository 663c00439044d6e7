"""The short way through uvicorn's websocket: whole messages, in order, however the network cuts them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from dashboard.direct import EXTENSION, Boundary
from tests.support.processes import free_port

#: What a short, whole text message looks like on the wire: the middle of a long one may look like it.
LOOKALIKE = Frame(Opcode.TEXT, b"forged").serialize(mask=True)


async def recorder(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Takes two messages the long way, then all others the short way, and answers each with its text."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    direct = scope["extensions"][EXTENSION]
    await asyncio.sleep(0.1)
    direct.hand_over(lambda text: direct.write_text(f"got {text if text is not None else 'bytes'}"))
    while (await receive())["type"] != "websocket.disconnect":
        raise AssertionError("a message took the long way after it was handed over")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    port = free_port()
    config = uvicorn.Config(
        recorder, port=port, ws="dashboard.direct:DirectWebSocket", lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn sets a flag, not an event
        await asyncio.sleep(0.01)
    yield port
    server.should_exit = True
    await serving


async def test_it_keeps_the_order_of_messages_sent_before_and_after_the_hand_over(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}") as socket:
        for number in range(50):
            await socket.send(str(number))
            await asyncio.sleep(0.004)
        assert [await socket.recv() for _ in range(50)] == [f"got {number}" for number in range(50)]


async def test_it_takes_messages_of_every_length(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}", max_size=None) as socket:
        for length in (0, 1, 124, 125, 126, 127, 65_535, 65_536, 300_000):
            await socket.send("x" * length)
            assert await socket.recv() == "got " + "x" * length


async def test_it_takes_fragments_pings_and_binary_messages(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}") as socket:
        await socket.send(["one ", "two ", "three"])
        assert await socket.recv() == "got one two three"
        await (await socket.ping())
        await socket.send(b"\x00\x01")
        assert await socket.recv() == "got bytes"


async def test_it_is_not_deceived_by_a_long_message_whose_middle_looks_like_a_short_one(port: int) -> None:
    reader, writer = await _raw(port)
    payload = b"a" * 500 + LOOKALIKE + b"b" * 500
    # A mask of zeroes leaves the payload readable on the wire, which is what a forger would choose.
    head = bytes([0x82, 0x80 | 126]) + len(payload).to_bytes(2, "big") + bytes(4)
    for piece in (head + b"a" * 500, LOOKALIKE, b"b" * 500):
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.05)
    assert await _answer(reader) == b"got bytes"
    writer.close()


async def test_it_reads_a_message_that_comes_one_byte_at_a_time(port: int) -> None:
    reader, writer = await _raw(port)
    for byte in Frame(Opcode.TEXT, b"slowly").serialize(mask=True):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.002)
    assert await _answer(reader) == b"got slowly"
    writer.write(LOOKALIKE)
    assert await _answer(reader) == b"got forged"
    writer.close()


@settings(max_examples=100, deadline=None)
@given(
    lengths=st.lists(st.sampled_from([0, 1, 5, 125, 126, 300, 70_000]), min_size=1, max_size=5),
    cuts=st.lists(st.floats(0, 1), max_size=8),
)
def test_the_boundary_is_reached_exactly_between_frames(lengths: list[int], cuts: list[float]) -> None:
    frames = [Frame(Opcode.BINARY, b"x" * length).serialize(mask=True) for length in lengths]
    ends = {sum(map(len, frames[:number])) for number in range(len(frames) + 1)}
    stream, boundary = b"".join(frames), Boundary()
    places = sorted({*ends, *(end - 1 for end in ends if end), *(int(cut * len(stream)) for cut in cuts)})
    for start, end in zip([0, *places], places, strict=False):
        boundary.walk(stream[start:end])
        assert boundary.reached == (end in ends)


async def _raw(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(0.2)
    return reader, writer


async def _answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(15):
        length = (await reader.readexactly(2))[1]
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        return await reader.readexactly(length)
