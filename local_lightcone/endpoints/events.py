"""Every action done through the API, as server-sent events (contract §3.5)."""

from collections.abc import AsyncGenerator

from starlette.requests import Request
from starlette.responses import Response

from ..sessions.computer import Computer
from .computers import the_computer
from .screencast import HEADERS, HEARTBEAT_SECONDS, ClosingStream


async def events(request: Request) -> Response:
    computer = the_computer(request)
    computer.events.room()
    return ClosingStream(_told(computer), media_type="text/event-stream", headers=HEADERS)


async def _told(computer: Computer) -> AsyncGenerator[bytes, None]:
    """Reading is not using: it does not keep the computer alive."""
    with computer.events.reading() as reader:
        yield b": open\n\n"
        while True:
            news = await reader.take(HEARTBEAT_SECONDS)
            if news is None:
                yield b": heartbeat\n\n"
            elif news:
                yield news
            if reader.ended:
                return
