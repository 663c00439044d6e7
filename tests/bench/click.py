"""(b) From a click in the operator's browser to changed pixels painted there, against the same on bare CDP.

The floor is a Python client on the DevTools socket of such a computer: press, and wait for the frame that shows it.
Lightdeck's figure begins with the pointer event in the operator's Chromium and ends with the animation frame after the
canvas was drawn; it pays for one display frame that the floor does not have.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import orjson
import pybase64
from PIL import Image
from playwright.async_api import Page, async_playwright
from websockets.asyncio.client import ClientConnection, connect

from tests.bench.measure import percentile
from tests.support import chromium
from tests.support.stack import Stack, run_stack

ROUNDS = 6
CLICKS = 12
SETTLE = 0.15
DISPLAY_FRAME_MS = 1000 / 60
PAGE = b"""<!doctype html><title>Click</title><body style="margin:0;background:#fff"><script>
let n = 0; addEventListener("mousedown", () => { document.body.style.background = n++ % 2 ? "#fff" : "#06c"; });
</script>"""

#: In the operator's page: `clicked()` resolves with the milliseconds from the next press to its picture.
WATCH = """() => {
  const canvas = document.querySelector("[role=application] canvas");
  const context = canvas.getContext("2d");
  const pixel = () => context.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data[0] > 128;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  let started = null, before = null, done = null;
  addEventListener("pointerdown", (event) => { started = event.timeStamp; before = pixel(); }, true);
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    draw.apply(this, given);
    if (started === null || pixel() === before) return;
    const from = started, tell = done;
    started = null;
    requestAnimationFrame(() => tell(performance.now() - from));
  };
  window.clicked = () => new Promise((resolve) => { done = resolve; });
}"""


@dataclass
class Clicks:
    """Milliseconds of every click."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


class Direct:
    """A client on the DevTools socket: nothing but a press and the wait for its frame."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._id, self._session = socket, 0, ""

    async def attach(self, url: str) -> None:
        targets = await self._call("Target.getTargets")
        tab = next(info["targetId"] for info in targets["targetInfos"] if info["type"] == "page")
        self._session = (await self._call("Target.attachToTarget", targetId=tab, flatten=True))["sessionId"]
        await self._call("Page.enable")
        await self._call("Page.navigate", url=url)
        await asyncio.sleep(1.0)
        await self._call("Page.startScreencast", format="jpeg", quality=60)

    async def click(self) -> float:
        """Milliseconds from the press to the frame that shows it."""
        await self._drain(SETTLE)
        started = time.perf_counter()
        press = {"x": 640, "y": 400, "button": "left", "buttons": 1, "clickCount": 1}
        await self._send("Input.dispatchMouseEvent", type="mousePressed", **press)
        await self._send("Input.dispatchMouseEvent", type="mouseReleased", **{**press, "buttons": 0})
        while (frame := await self._frame()) is None or not _changed(frame[0], self):
            pass
        return (frame[1] - started) * 1000

    last: bool | None = None

    async def _drain(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if (frame := await self._frame()) is not None:
                        self.last = _is_light(frame[0])
        except TimeoutError:
            return

    async def _frame(self) -> tuple[bytes, float] | None:
        message = orjson.loads(await self._socket.recv(decode=False))
        if message.get("method") != "Page.screencastFrame":
            return None
        payload = pybase64.b64decode(message["params"]["data"], validate=True)
        arrived = time.perf_counter()
        await self._send("Page.screencastFrameAck", sessionId=message["params"]["sessionId"])
        return payload, arrived

    async def _send(self, method: str, **params: Any) -> int:
        self._id += 1
        message = {"id": self._id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        await self._socket.send(orjson.dumps(message), text=True)
        return self._id

    async def _call(self, method: str, **params: Any) -> Any:
        number = await self._send(method, **params)
        while (message := orjson.loads(await self._socket.recv(decode=False))).get("id") != number:
            pass
        return message["result"]


def run() -> Clicks:
    """Interleaved rounds on two computers of one local server."""
    with run_stack(Path(tempfile.mkdtemp(prefix="lightdeck-bench-"))) as stack:
        return asyncio.run(_run(stack))


def lines(found: Clicks) -> list[str]:
    """The table."""
    rows = ["| click to paint, ms | p50 | p90 | worst |", "|---|---:|---:|---:|"]
    for name, values in (
        ("Lightdeck, in the operator's browser", found.ours),
        ("bare CDP (the floor)", found.floor),
    ):
        p50, p90 = percentile(values, 0.5), percentile(values, 0.9)
        rows.append(f"| {name} | {p50:.1f} | {p90:.1f} | {max(values):.1f} |")
    floor, ours = percentile(found.floor, 0.5), percentile(found.ours, 0.5)
    rows.append("")
    rows.append(
        f"p50 ratio {ours / floor:.2f}; less one display frame {(ours - DISPLAY_FRAME_MS) / floor:.2f}."
    )
    return rows


async def _run(stack: Stack) -> Clicks:
    found = Clicks()
    site = _site()
    async with async_playwright() as playwright, httpx.AsyncClient() as http:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        context = await stack.context(browser, viewport={"width": 1280, "height": 800})
        page = await _cockpit(await context.new_page(), site)
        headers = {"Authorization": f"Bearer {stack.local_key}"}
        made = await http.post(f"{stack.local_url}/computers", json=WISH, headers=headers, timeout=60)
        version = await http.get(
            f"{stack.local_url}{made.json()['endpoints']['cdp']}/json/version", headers=headers
        )
        url = version.json()["webSocketDebuggerUrl"]
        options: dict[str, Any] = {"compression": None, "max_size": None, "ping_interval": None}
        async with connect(url, additional_headers=headers, **options) as socket:
            direct = Direct(socket)
            await direct.attach(site)
            for _ in range(ROUNDS):
                for _ in range(CLICKS):
                    found.floor.append(await direct.click())
                for _ in range(CLICKS):
                    found.ours.append(await _click(page))
        await browser.close()
    return found


WISH = {"display": {"width": 1280, "height": 800}, "inactivity_timeout_seconds": 900}


async def _cockpit(page: Page, site: str) -> Page:
    await page.goto("/computers/new/")
    await page.get_by_role("button", name="Create computer").click()
    await page.wait_for_url("**/computers/*/", timeout=30_000, wait_until="commit")
    await page.get_by_role("button", name="Take control").click()
    await page.get_by_role("button", name="Release control").wait_for()
    await page.get_by_label("Address").fill(site)
    await page.get_by_label("Address").press("Enter")
    await asyncio.sleep(2.0)
    await page.evaluate(WATCH)
    box = await page.get_by_role("application", name="Live screen").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return page


async def _click(page: Page) -> float:
    """Press and release where the pointer already rests, as the floor does."""
    await asyncio.sleep(SETTLE)
    waiting = asyncio.ensure_future(page.evaluate("clicked()"))
    await asyncio.sleep(0.02)
    await page.mouse.down()
    await page.mouse.up()
    async with asyncio.timeout(10):
        return float(await waiting)


def _changed(payload: bytes, direct: Direct) -> bool:
    light = _is_light(payload)
    changed = light != direct.last
    direct.last = light
    return changed


def _is_light(payload: bytes) -> bool:
    picture = Image.open(io.BytesIO(payload))
    picture.draft("L", (80, 50))
    return bool(picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))[0] > 128)  # type: ignore[index]


def _site() -> str:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


if __name__ == "__main__":
    print("\n".join(lines(run())))
