"""A failure of the server itself: its client reads where to look, and there it stands."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx

from dashboard.supervisor.part import Part, Running
from local_lightcone.problems import FAILED
from tests.support.processes import environment, free_port

#: The real server, with one address more.
FAILING = """
import sys
from starlette.routing import Route
from local_lightcone import __main__, app

async def fail(request):
    raise LookupError("what went wrong")

app.ROUTES.append(Route("/v1/failing", fail))
sys.exit(__main__.main())
"""


async def test_why_it_failed_is_among_the_lines_that_its_sentence_names(tmp_path: Path) -> None:
    port, told = free_port(), asyncio.Event()
    settings = {"LIGHTDECK_LOCAL_PORT": str(port), "LIGHTDECK_DATA_DIR": str(tmp_path)}
    settings |= {"LIGHTDECK_LOCAL_KEY": "sk_failing"}
    part = Part("local", [sys.executable, "-c", FAILING], environment(settings))
    line = "local | LookupError: what went wrong"
    running = await Running.start(part, lambda said: told.set() if said == line else None)
    try:
        async with httpx.AsyncClient(headers={"Authorization": "Bearer sk_failing"}) as client:
            for _ in range(200):
                try:
                    answer = await client.get(f"http://127.0.0.1:{port}/v1/failing")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.1)
        assert (answer.status_code, answer.json()["detail"]) == (500, FAILED)
        assert f"lines with {part.name} |" in FAILED
        async with asyncio.timeout(5):
            await told.wait()
    finally:
        await running.end()
