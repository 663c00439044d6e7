"""The eleven gestures, for those who cannot speak CDP."""

import httpx
import pytest
from tzafon import Lightcone

from .harness import LocalServer, devtools


@pytest.fixture
def pad(sdk: Lightcone, computer: str, site: str) -> str:
    assert sdk.computers.navigate(computer, url=f"{site}/pad").status == "SUCCESS"
    return computer


async def log_of(server: LocalServer, computer: str) -> list[str]:
    async with devtools(server, computer) as client:
        return [entry.strip() for entry in await client.evaluate("log")]


async def value_of(server: LocalServer, computer: str) -> str:
    async with devtools(server, computer) as client:
        return str(await client.evaluate("box.value"))


@pytest.mark.sdk("POST /computers/{id}/click", "computers.click")
async def test_click_hits_the_point(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    assert sdk.computers.click(pad, x=310, y=20).status == "SUCCESS"
    assert await log_of(server, pad) == ["mousedown 310 20 0", "mouseup 310 20 0", "click 310 20 0"]


@pytest.mark.sdk("POST /computers/{id}/double-click", "computers.double_click")
async def test_double_click_is_one(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    sdk.computers.double_click(pad, x=310, y=20)
    assert (await log_of(server, pad))[-1] == "dblclick 310 20 0"


@pytest.mark.sdk("POST /computers/{id}/right-click", "computers.right_click")
async def test_right_click_asks_for_the_menu(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    sdk.computers.right_click(pad, x=310, y=20)
    assert "contextmenu 310 20 2" in await log_of(server, pad)


@pytest.mark.sdk("POST /computers/{id}/drag", "computers.drag")
async def test_drag_moves_with_the_button_held(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    sdk.computers.drag(pad, x1=310, y1=20, x2=410, y2=120)
    log = await log_of(server, pad)
    assert log[0] == "mousedown 310 20 0"
    assert len([entry for entry in log if entry.startswith("drag")]) >= 5
    assert "mouseup 410 120 0" in log


@pytest.mark.sdk("POST /computers/{id}/mouse-down", "computers.mouse_down")
@pytest.mark.sdk("POST /computers/{id}/mouse-up", "computers.mouse_up")
async def test_a_button_stays_down_from_one_request_to_the_next(
    server: LocalServer, sdk: Lightcone, pad: str
) -> None:
    sdk.computers.mouse_down(pad, x=310, y=20)
    sdk.computers.mouse_up(pad, x=350, y=60)
    assert (await log_of(server, pad))[:3] == ["mousedown 310 20 0", "drag 350 60", "mouseup 350 60 0"]


@pytest.mark.sdk("POST /computers/{id}/scroll", "computers.scroll")
async def test_scroll_goes_down_and_back(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    async with devtools(server, pad) as client:
        sdk.computers.scroll(pad, dx=0, dy=300)
        await client.eventually("scrollY == 300")
        sdk.computers.scroll(pad, dx=0, dy=-100, x=10, y=500)
        await client.eventually("scrollY == 200")


@pytest.mark.sdk("POST /computers/{id}/type", "computers.type")
async def test_type_writes_any_text(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    sdk.computers.type(pad, text="Hello, Wörld! 漢字 😀")
    assert await value_of(server, pad) == "Hello, Wörld! 漢字 😀"
    assert "down H" in await log_of(server, pad)


@pytest.mark.parametrize("keys", [["Control", "a"], ["ctrl", "A"], ["ctrl+a"]])
@pytest.mark.sdk("POST /computers/{id}/hotkey", "computers.hotkey")
async def test_hotkey_presses_together(
    server: LocalServer, sdk: Lightcone, pad: str, keys: list[str]
) -> None:
    sdk.computers.type(pad, text="old")
    sdk.computers.hotkey(pad, keys=keys)
    sdk.computers.type(pad, text="new")
    assert await value_of(server, pad) == "new"
    assert "down Control ctrl" in await log_of(server, pad)


@pytest.mark.sdk("POST /computers/{id}/key-down", "computers.key_down")
@pytest.mark.sdk("POST /computers/{id}/key-up", "computers.key_up")
async def test_a_modifier_stays_down_until_key_up(server: LocalServer, sdk: Lightcone, pad: str) -> None:
    sdk.computers.key_down(pad, key="shift")
    sdk.computers.hotkey(pad, keys=["arrowleft"])
    sdk.computers.key_up(pad, key="SHIFT")
    sdk.computers.hotkey(pad, keys=["Return"])
    log = await log_of(server, pad)
    assert "down ArrowLeft  shift" in log
    assert "down Enter" in log


@pytest.mark.parametrize(("x", "y"), [(801, 20), (-1, 20), (310, 601), (310, 10_000)])
async def test_what_is_outside_the_screen_cannot_be_pressed(
    server: LocalServer, sdk: Lightcone, pad: str, x: float, y: float
) -> None:
    answers = [
        verb(pad, x=x, y=y)
        for verb in (sdk.computers.click, sdk.computers.right_click, sdk.computers.mouse_down)
    ]
    answers.append(sdk.computers.drag(pad, x1=x, y1=y, x2=310, y2=20))
    for answer in answers:
        assert answer.status == "EXECUTION_ERROR"
        assert answer.error_message == (
            f"The point {x:g}, {y:g} is outside the screen, which has 800 by 600 pixels."
        )
    assert await log_of(server, pad) == []


async def test_but_a_drag_may_leave_it_and_its_edge_is_inside(
    server: LocalServer, sdk: Lightcone, pad: str
) -> None:
    assert sdk.computers.drag(pad, x1=310, y1=20, x2=310, y2=900).status == "SUCCESS"
    assert "mousedown 310 20 0" in await log_of(server, pad)
    assert sdk.computers.click(pad, x=800, y=600).status == "SUCCESS"


async def test_the_screen_is_as_large_as_a_client_made_it(
    server: LocalServer, sdk: Lightcone, pad: str
) -> None:
    wide = {"width": 1500, "height": 600, "deviceScaleFactor": 1, "mobile": False}
    async with devtools(server, pad) as client:
        assert sdk.computers.click(pad, x=1400, y=20).status == "EXECUTION_ERROR"
        await client("Emulation.setDeviceMetricsOverride", client.page, **wide)
        assert sdk.computers.click(pad, x=1400, y=20).status == "SUCCESS"


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("click", {"x": 1}),
        ("click", {"x": "1", "y": 2}),
        ("click", {"x": True, "y": 2}),
        ("type", {}),
        ("hotkey", {"keys": []}),
        ("hotkey", {"keys": "a"}),
        ("hotkey", {"keys": ["nosuchkey"]}),
        ("key-down", {"key": 3}),
        ("drag", {"x1": 1, "y1": 1}),
        ("navigate", {}),
        ("navigate", {"url": None}),
    ],
)
def test_a_malformed_body_is_400(http: httpx.Client, shared: str, verb: str, body: object) -> None:
    answer = http.post(f"/computers/{shared}/{verb}", json=body)
    assert answer.status_code == 400
    assert answer.json()["detail"]
