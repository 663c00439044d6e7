"""A computer that is terminated while something lasts on it: whoever waits for that is answered at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tzafon import Lightcone, NotFoundError

from .harness import LocalServer, devtools

PROMPT_SECONDS = 4.0
HUNG = "setTimeout(() => { while (true); }, 0), 1"
"""From then on the page answers nothing, and input waits for it."""

Act = Callable[[Lightcone, str, str], Any]
WAIT: Any = {"type": "wait", "ms": 40_000}
LASTING: dict[str, Act] = {
    "wait": lambda sdk, id, _: sdk.computers.execute(id, action=WAIT),
    "batch": lambda sdk, id, _: sdk.computers.batch(id, actions=[WAIT, WAIT]),
    "settle": lambda sdk, id, _: sdk.computers.scroll(id, dy=1, extra_query={"settle_ms": 10_000}),
    "load": lambda sdk, id, slow: sdk.computers.navigate(id, url=slow),
    "exec": lambda sdk, id, _: sdk.computers.exec.sync(id, command="sleep 40"),
}


@pytest.fixture
async def slow() -> AsyncIterator[str]:
    """The address of a page that begins, and never ends."""
    done = asyncio.Event()

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nContent-Type: text/html\r\n\r\n<title>Slow</title>"
        )
        await done.wait()
        writer.close()

    listener = await asyncio.start_server(begin, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
    done.set()
    listener.close()


async def ended_midway(sdk: Lightcone, computer: str, act: Callable[[], Any]) -> tuple[Any, float]:
    """What the action came to when its computer was terminated, and how long after that."""
    acting = asyncio.create_task(asyncio.to_thread(act))
    await asyncio.sleep(0.7)
    assert not acting.done(), acting.result()
    started = time.monotonic()
    await asyncio.to_thread(sdk.computers.delete, computer)
    answer = (await asyncio.gather(acting, return_exceptions=True))[0]
    return answer, time.monotonic() - started


@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
@pytest.mark.parametrize("name", LASTING)
async def test_what_lasts_is_over_with_its_computer(
    sdk: Lightcone, fresh: Callable[..., str], slow: str, name: str
) -> None:
    computer = fresh()
    answer, seconds = await ended_midway(sdk, computer, lambda: LASTING[name](sdk, computer, slow))
    assert seconds < PROMPT_SECONDS
    if name == "exec":
        assert answer.exit_code == -1
    else:
        assert isinstance(answer, NotFoundError), answer


@pytest.mark.sdk("POST /computers/{id}/drag", "computers.drag")
async def test_so_is_a_drag_on_a_page_that_does_not_answer(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], site: str
) -> None:
    computer = fresh()
    sdk.computers.navigate(computer, url=f"{site}/pad")
    async with devtools(server, computer) as client:
        await client.evaluate(HUNG)
        drag: Any = {"x1": 310, "y1": 20, "x2": 350, "y2": 60}
        answer, seconds = await ended_midway(sdk, computer, lambda: sdk.computers.drag(computer, **drag))
    assert isinstance(answer, NotFoundError) and seconds < PROMPT_SECONDS
