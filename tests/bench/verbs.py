"""(f) A verb from its button to the changed fragment, against the same call made straight to the local Lightcone.

Ours begins with the press of the button in the operator's Chromium and ends when htmx has swapped the answer in: the
session, the permission, the lease, two audit rows, the upstream call and the rendering lie between. There are two
floors, both on connections that stay open, both with the same body on the same computer (it is watched, so each of
their clicks is painted and shown too), in turns with ours: a script, and a bare page in the same Chromium that puts
what came back into an element. What the page costs more than the script is Chromium's own share. Between floors and
ours lies the least that htmx and Django can make of it (`tests/bench/least.py`). A page of ours that asks nobody (the
form itself) is the way without a verb.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import BrowserContext, Page, async_playwright

from tests.bench.measure import percentile
from tests.support import chromium
from tests.support.processes import Child, environment, free_port, wait_until
from tests.support.stack import Stack, run_stack

ROUNDS = 40
SETTLE = 0.05

#: What is measured: the form's slug or the toolbar's button, the endpoint, and its body.
VERBS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "click": ("#act-click-go", "click", {"x": 200, "y": 150}),
    "drag": ("#act-drag-go", "drag", {"x1": 10, "y1": 10, "x2": 200, "y2": 150}),
    "type 40 characters": ("#act-type-go", "type", {"text": "the quick brown fox jumps over the lazy "}),
    "screenshot": ("#tools [aria-label=Screenshot]", "screenshot", {}),
}

#: In the operator's page: presses the button, once what was filled in has been painted, and resolves with the
#: milliseconds until the answer is swapped in.
PRESS = """async (selector) => {
  if (!document.hidden) await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  const answered = new Promise((resolve) => document.addEventListener("htmx:after:swap", resolve, { once: true }));
  const button = document.querySelector(selector);
  const started = performance.now();
  button.click();
  await answered;
  return performance.now() - started;
}"""

#: In a bare page of the local server's own origin: the same call, and its answer in an element.
CALL = """async ([address, key, body]) => {
  const started = performance.now();
  const answer = await fetch(address, { method: "POST", body: JSON.stringify(body),
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" } });
  document.body.textContent = await answer.text();
  return performance.now() - started;
}"""

#: In the operator's page: a form of ours, fetched as htmx would.
FETCH = """async (address) => {
  const started = performance.now();
  await (await fetch(address, { headers: { "HX-Request": "true" } })).text();
  return performance.now() - started;
}"""


@dataclass
class Times:
    """Milliseconds of every call of one verb: from our button, from the least page, from a bare one, from a script."""

    ours: list[float] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    script: list[float] = field(default_factory=list)


@dataclass
class Found:
    """Every verb's times, and those of a form that is only fetched."""

    verbs: dict[str, Times] = field(default_factory=lambda: {name: Times() for name in VERBS})
    form: list[float] = field(default_factory=list)


def run() -> Found:
    """Turn by turn on two computers of one local server."""
    with run_stack(Path(tempfile.mkdtemp(prefix="lightdeck-bench-"))) as stack:
        return asyncio.run(_run(stack))


def lines(found: Found) -> list[str]:
    """The table."""
    rows = [
        "| verb | p50 ms, from button to fragment | p90 | straight, bare page: p50 | p90 | ratio "
        "| straight, script: p50 | p90 | ratio | least Django page: p50 | its ratio to the bare page |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, times in found.verbs.items():
        all_of_them = (times.ours, times.least, times.page, times.script)
        ours, least, page, script = (percentile(each, 0.5) for each in all_of_them)
        tails = [percentile(each, 0.9) for each in (times.ours, times.page, times.script)]
        rows.append(
            f"| {name} | {ours:.1f} | {tails[0]:.1f} | {page:.1f} | {tails[1]:.1f} | **{ours / page:.2f}** "
            f"| {script:.1f} | {tails[2]:.1f} | **{ours / script:.2f}** | {least:.1f} | {least / page:.2f} |"
        )
    form = percentile(found.form, 0.5), percentile(found.form, 0.9)
    return [*rows, "", f"The form itself, fetched by the page: p50 {form[0]:.1f} ms, p90 {form[1]:.1f}."]


async def _run(stack: Stack) -> Found:
    found = Found()
    headers = {"Authorization": f"Bearer {stack.local_key}"}
    async with (
        async_playwright() as playwright,
        httpx.AsyncClient(base_url=stack.local_url, headers=headers, timeout=60) as http,
    ):
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        context = await stack.context(browser, viewport={"width": 1280, "height": 800})
        bare = await context.new_page()
        await bare.goto(f"{stack.local_url}/healthz")
        page = await _cockpit(await context.new_page())
        (watched,) = (await http.get("/computers")).raise_for_status().json()
        with _least(stack, f"{stack.local_url}/computers/{watched['id']}") as address:
            least = await _least_pages(context, address)
            await page.bring_to_front()
            for _ in range(ROUNDS):
                for name, (selector, endpoint, body) in VERBS.items():
                    path, times = f"/computers/{watched['id']}/{endpoint}", found.verbs[name]
                    times.ours.append(await _press(page, selector, body))
                    await asyncio.sleep(SETTLE)
                    times.least.append(float(await least[name].evaluate(PRESS, "#go")))
                    await asyncio.sleep(SETTLE)
                    times.page.append(await bare.evaluate(CALL, [path, stack.local_key, body]))
                    await asyncio.sleep(SETTLE)
                    times.script.append(await _call(http, path, body))
                    await asyncio.sleep(SETTLE)
                found.form.append(await page.evaluate(FETCH, "actions/click/"))
        await browser.close()
    return found


@contextmanager
def _least(stack: Stack, computer: str) -> Iterator[str]:
    """The address of a running `least.py`, on the product's own server."""
    port = free_port()
    bodies = {endpoint: body for _, endpoint, body in VERBS.values()}
    told = {"LEAST_COMPUTER": computer, "LEAST_KEY": stack.local_key, "LEAST_BODIES": json.dumps(bodies)}
    server = ["--log-level=warning", "--no-access-log"]
    child = Child(
        ["-m", "uvicorn", "tests.bench.least:application", f"--port={port}", *server], environment(told)
    )
    try:
        wait_until(lambda: _answers(port), 30, "The least page's start")
        yield f"http://127.0.0.1:{port}"
    finally:
        child.end()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/htmx.js").is_success
    except httpx.HTTPError:
        return False


async def _least_pages(context: BrowserContext, address: str) -> dict[str, Page]:
    found = {}
    for name, (_, endpoint, _body) in VERBS.items():
        found[name] = await context.new_page()
        await found[name].goto(f"{address}/{endpoint}/")
    return found


async def _call(http: httpx.AsyncClient, address: str, body: dict[str, Any]) -> float:
    started = time.perf_counter()
    (await http.post(address, json=body)).raise_for_status()
    return (time.perf_counter() - started) * 1000


async def _cockpit(page: Page) -> Page:
    await page.goto("/computers/new/")
    await page.get_by_role("button", name="Create computer").click()
    await page.wait_for_url("**/computers/*/", timeout=30_000, wait_until="commit")
    await page.get_by_role("button", name="Take control").click()
    await page.get_by_role("button", name="Release control").wait_for()
    await page.get_by_role("tab", name="Actions").click()
    await page.locator("#act-click-go:enabled").wait_for(state="attached")
    return page


async def _press(page: Page, selector: str, body: dict[str, Any]) -> float:
    await page.evaluate("() => document.querySelector('#dialog[open]')?.close()")
    slug = selector.removeprefix("#act-").removesuffix("-go")
    for field_name, value in body.items():
        await page.evaluate(
            "([id, value]) => { document.getElementById(id).value = value; }",
            [f"act-{slug}-{field_name}", str(value)],
        )
    async with asyncio.timeout(30):
        return float(await page.evaluate(PRESS, selector))


if __name__ == "__main__":
    print("\n".join(lines(run())))
