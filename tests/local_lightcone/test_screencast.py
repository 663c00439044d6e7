import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tzafon import Lightcone

from .harness import LocalServer, devtools


def frames(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data:"):
            yield json.loads(line[5:])


@pytest.mark.sdk("GET /computers/{id}/screencast", "computers.retrieve_screencast")
def test_a_late_viewer_of_a_still_page_sees_it_at_once(sdk: Lightcone, computer: str) -> None:
    for _ in range(2):
        started = time.time()
        with sdk.computers.with_streaming_response.retrieve_screencast(computer) as stream:
            frame = next(frames(stream.iter_lines()))
        assert time.time() - started < 3
        assert set(frame) == {"image_data", "metadata"}
        assert abs(frame["metadata"].pop("timestamp") - time.time()) < 10
        assert frame["metadata"] == {"viewport_width": 800, "viewport_height": 600}


def test_a_moving_page_goes_on_and_the_stream_survives_a_navigation(
    sdk: Lightcone, computer: str, site: str
) -> None:
    sdk.computers.navigate(computer, url=f"{site}/moving")
    with sdk.computers.with_streaming_response.retrieve_screencast(computer) as stream:
        cast = frames(stream.iter_lines())
        assert len({next(cast)["image_data"] for _ in range(6)}) >= 5
        sdk.computers.navigate(computer, url=f"{site}/moving?again")
        assert next(cast) and next(cast)


def test_two_viewers_do_not_disturb_each_other(sdk: Lightcone, computer: str, site: str) -> None:
    sdk.computers.navigate(computer, url=f"{site}/moving")
    watch = sdk.computers.with_streaming_response.retrieve_screencast
    with watch(computer) as one, watch(computer) as other:
        first, second = frames(one.iter_lines()), frames(other.iter_lines())
        assert all(next(first) and next(second) for _ in range(5))


def test_it_ends_when_the_computer_does(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    computer = fresh()
    with sdk.computers.with_streaming_response.retrieve_screencast(computer) as stream:
        cast = frames(stream.iter_lines())
        next(cast)
        ending = threading.Thread(target=sdk.computers.delete, args=(computer,))
        ending.start()
        assert list(cast) is not None
        ending.join()


async def test_it_follows_when_the_main_tab_is_closed(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str]
) -> None:
    computer = fresh(display={"width": 640, "height": 480})
    async with (
        httpx.AsyncClient(base_url=server.url, headers=server.headers, timeout=10) as http,
        http.stream("GET", f"/computers/{computer}/screencast") as stream,
        devtools(server, computer) as client,
    ):
        lines = stream.aiter_lines()
        while not (await anext(lines)).startswith("data:"):
            pass
        await client("Target.closeTarget", targetId=client.tab)
        async with asyncio.timeout(8):
            while not (await anext(lines)).startswith("data:"):
                pass
    assert sdk.computers.screenshot(computer).status == "SUCCESS"
