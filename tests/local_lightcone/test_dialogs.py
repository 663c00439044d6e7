"""A page that asks while it is still loading: told at once to who is there, and nobody waits for it."""

from __future__ import annotations

import asyncio
import time

import pytest
from tzafon import Lightcone

from .harness import DevTools, LocalServer, devtools

PROMPT_SECONDS = 5.0
"""Less than the ten that an arrival is given, and more than any machine needs to say so."""


def told(client: DevTools, kind: str) -> list[str]:
    return [
        str(event["params"].get("message", "closed"))
        for event in client.events
        if event["method"] == f"Page.javascriptDialog{kind}"
    ]


@pytest.mark.sdk("POST /computers/{id}/navigate", "computers.navigate")
async def test_its_question_is_its_viewers_and_the_navigation_answers(
    server: LocalServer, sdk: Lightcone, computer: str, site: str
) -> None:
    async with devtools(server, computer) as client:
        await client("Page.enable", client.page)
        started = time.monotonic()
        answer = await asyncio.to_thread(sdk.computers.navigate, computer, url=f"{site}/asking")
        assert (answer.status, answer.error_message) == ("SUCCESS", None)
        assert time.monotonic() - started < PROMPT_SECONDS
        await asyncio.sleep(0.3)
        await client("Browser.getVersion")
        assert (told(client, "Opening"), told(client, "Closed")) == (["while it loads"], [])
        await client("Page.handleJavaScriptDialog", client.page, accept=True)
        assert await client.eventually("document.querySelector('h1').textContent") == "Loaded"


async def test_leaving_it_answers_it(server: LocalServer, sdk: Lightcone, computer: str, site: str) -> None:
    async with devtools(server, computer) as client:
        await client("Page.enable", client.page)
        for path in ("asking", "asking?again", ""):
            started = time.monotonic()
            answer = await asyncio.to_thread(sdk.computers.navigate, computer, url=f"{site}/{path}")
            assert answer.status == "SUCCESS" and time.monotonic() - started < PROMPT_SECONDS
        assert await client.eventually("document.title") == "Plain"
        assert told(client, "Opening") == ["while it loads"] * 2


@pytest.mark.sdk("POST /computers/{id}/navigate", "computers.navigate")
def test_with_nobody_there_it_just_loads(sdk: Lightcone, computer: str, site: str) -> None:
    started = time.monotonic()
    assert sdk.computers.navigate(computer, url=f"{site}/asking").status == "SUCCESS"
    assert time.monotonic() - started < PROMPT_SECONDS
    assert "Loaded" in str((sdk.computers.html(computer).result or {})["html_content"])
