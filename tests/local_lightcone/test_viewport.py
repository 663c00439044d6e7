import io
import json
from base64 import b64decode
from collections.abc import Callable

import httpx
import pytest
from PIL import Image
from tzafon import Lightcone

from .harness import LocalServer, devtools

INNER = "[innerWidth, innerHeight, devicePixelRatio]"


def cast_size(sdk: Lightcone, computer_id: str) -> tuple[int, int]:
    with sdk.computers.with_streaming_response.retrieve_screencast(computer_id) as stream:
        data = next(line for line in stream.iter_lines() if line.startswith("data:"))
    return Image.open(io.BytesIO(b64decode(json.loads(data[5:])["image_data"]))).size


def shot_size(sdk: Lightcone, computer_id: str) -> tuple[int, int]:
    result = sdk.computers.screenshot(computer_id).result or {}
    return Image.open(io.BytesIO(httpx.get(str(result["screenshot_url"])).content)).size


@pytest.mark.parametrize(("width", "height", "scale"), [(1280, 720, 1), (503, 901, 1), (700, 500, 2)])
async def test_it_is_exactly_as_asked(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], width: int, height: int, scale: float
) -> None:
    computer = fresh(display={"width": width, "height": height, "scale": scale})
    async with devtools(server, computer) as client:
        assert await client.evaluate(INNER) == [width, height, scale]
    assert cast_size(sdk, computer) == (width, height)
    assert shot_size(sdk, computer) == (width * scale, height * scale)


async def test_a_new_tab_has_the_same(server: LocalServer, computer: str) -> None:
    async with devtools(server, computer) as client:
        for new_window in (True, False):
            tab = (await client("Target.createTarget", url="about:blank", newWindow=new_window))["targetId"]
            session = await client.attach(tab)
            for _ in range(40):
                if (size := await client.evaluate(INNER, session)) == [800, 600, 1]:
                    break
            await client("Target.closeTarget", targetId=tab)
            assert size == [800, 600, 1]


async def test_the_default_is_1280_by_720(server: LocalServer, fresh: Callable[..., str]) -> None:
    async with devtools(server, fresh()) as client:
        assert await client.evaluate(INNER) == [1280, 720, 1]
