"""A point of the page falls on exactly one remote pixel, at any size, zoom and pixel ratio."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP

TO_REMOTE = """
const { toRemote } = await load("live/geometry.js");
return toRemote(given.point, given.box, given.picture, given.viewport);
"""
BOX = {"left": 0, "top": 0, "width": 1000, "height": 1000}
PICTURE = {"width": 1280, "height": 800}


async def _remote(modules: Modules, x: float, y: float, **changes: object) -> tuple[int, int]:
    given = {"point": {"x": x, "y": y}, "box": BOX, "picture": PICTURE, "viewport": PICTURE, **changes}
    found = await modules(TO_REMOTE, given)
    return found["x"], found["y"]


async def test_the_bars_beside_the_picture_are_left_out(modules: Modules) -> None:
    # 1280×800 in 1000×1000: shown 625 high, 187.5 from the top.
    assert await _remote(modules, 0, 187.5) == (0, 0)
    assert await _remote(modules, 500, 500) == (640, 400)
    assert await _remote(modules, 999.9, 812.4) == (1279, 799)


async def test_what_lies_outside_is_clamped_to_the_edge(modules: Modules) -> None:
    assert await _remote(modules, -50, -50) == (0, 0)
    assert await _remote(modules, 5000, 5000) == (1279, 799)


@pytest.mark.parametrize("scale", [0.25, 0.3, 0.766, 1, 1.1, 1.5, 3])
async def test_every_pixel_is_found_again_at_its_own_corner(modules: Modules, scale: float) -> None:
    wrong = await modules(
        """
        const { toRemote } = await load("live/geometry.js");
        const size = { width: 1280, height: 800 }, wrong = [];
        const box = { left: 13.37, top: 7.1, width: 1280 * given, height: 800 * given };
        for (let x = 0; x < 1280; x += 1) {
          const found = toRemote({ x: box.left + x * given, y: box.top + 3 * given }, box, size, size);
          if (found.x !== x || found.y !== 3) wrong.push([x, found.x, found.y]);
        }
        return wrong;
        """,
        scale,
    )
    assert wrong == []


async def test_a_picture_encoded_at_half_size_still_shows_the_whole_viewport(modules: Modules) -> None:
    half = {"width": 640, "height": 400}
    assert await _remote(modules, 500, 500, picture=half) == (640, 400)


async def test_the_bars_are_not_the_picture(modules: Modules) -> None:
    on = await modules(
        """
        const { isOnPicture } = await load("live/geometry.js");
        const box = { left: 0, top: 0, width: 1000, height: 1000 }, size = { width: 1280, height: 800 };
        return [[500, 100], [500, 187.5], [500, 812], [500, 813], [-1, 500], [1000, 500]]
          .map(([x, y]) => isOnPicture({ x, y }, box, size));
        """
    )
    assert on == [False, True, True, False, False, False]


@pytest.mark.parametrize("ratio", [1, 1.25, 2, 3])
async def test_the_mouse_hits_the_remote_pixel_under_it(
    shared_browser: Browser, static_url: str, ratio: float
) -> None:
    page = await shared_browser.new_page(viewport={"width": 1000, "height": 800}, device_scale_factor=ratio)
    await page.goto(static_url)
    await page.evaluate(
        """async () => {
          const { Display } = await import("live/display.js");
          const { Pointer } = await import("input/pointer.js");
          const stage = document.getElementById("stage"), canvas = document.createElement("canvas");
          canvas.style.cssText = "width: 100%; height: 100%; object-fit: contain; display: block";
          stage.append(canvas);
          const display = new Display(canvas);
          const picture = await createImageBitmap(new ImageData(1280, 720));
          display.paint(picture, { width: 1280, height: 720 });
          window.heard = [];
          const onGesture = (gesture) => heard.push(gesture);
          new Pointer(stage, display, { isOn: () => true, onRefused: () => {}, onGesture });
          const { left, top, width, height } = canvas.getBoundingClientRect();
          const scale = Math.min(width / 1280, height / 720);
          window.place = { scale, left: left + (width - 1280 * scale) / 2, top: top + (height - 720 * scale) / 2 };
        }"""
    )
    place = await page.evaluate("place")
    for x, y in [(0, 0), (100, 50), (411, 300), (777, 333), (1279, 719)]:
        await page.mouse.click(place["left"] + x * place["scale"], place["top"] + y * place["scale"])
        down, up = (await page.evaluate("heard.filter(({ action }) => action !== 'move')"))[-2:]
        assert (down["action"], down["x"], down["y"]) == ("down", x, y)
        assert (up["action"], up["x"], up["y"]) == ("up", x, y)
    await page.close()


@pytest.mark.parametrize(
    ("view", "kept"),
    [
        # 1280×800 in 400×400: shown 400 wide and 250 high, 75 from the top.
        ({"factor": 1, "x": 30, "y": -9}, {"factor": 1, "x": 0, "y": 0}),
        ({"factor": 2, "x": 10, "y": 0}, {"factor": 2, "x": 0, "y": -150}),
        ({"factor": 2, "x": -900, "y": -900}, {"factor": 2, "x": -400, "y": -250}),
        ({"factor": 2, "x": -123, "y": -200}, {"factor": 2, "x": -123, "y": -200}),
        # Still lower than its place: in the middle.
        ({"factor": 1.5, "x": -100, "y": 40}, {"factor": 1.5, "x": -100, "y": -100}),
    ],
)
async def test_a_larger_picture_leaves_no_bar_where_it_could_be(
    modules: Modules, view: dict[str, float], kept: dict[str, float]
) -> None:
    body = """const { inPlace } = await load("live/geometry.js");
    return inPlace(given, { width: 400, height: 400 }, { width: 1280, height: 800 });"""
    assert await modules(body, view) == kept
