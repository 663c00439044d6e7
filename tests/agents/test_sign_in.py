"""A task that is quiet at a form to sign in goes to the queue; a step takes it back; nothing is guessed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agents.models import Task
from agents.recorder import sign_in
from agents.waiting import AT_SIGN_IN
from computers.models import Computer
from computers.relay.hub import HUB
from dashboard.database import unit
from tests.agents.conftest import MakeTask, Recording, fresh, until
from tests.support.fake_agents import STARTED, FakeAgents, thinks
from tests.support.fake_upstream import ID, answer


@pytest.fixture
async def shows(
    agents: FakeAgents, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[str]]:
    """What the computer's page says when it is looked at; the last word counts on."""
    monkeypatch.setattr(sign_in, "QUIET_FOR", 0.2)
    monkeypatch.setattr(sign_in, "LOOK_EVERY", 0.1)
    said = ["plain"]
    browser: Any = agents.upstream.browser
    browser._Page_getFrameTree = lambda _message: {"frameTree": {"frame": {"id": "F1"}}}
    browser._Page_createIsolatedWorld = lambda _message: {"executionContextId": 7}
    browser._Runtime_evaluate = lambda _message: {"result": {"value": said[-1]}}
    await unit(Computer.objects.filter(pk=computer.pk).update)(
        upstream_id=ID, cdp_path=f"/computers/{ID}/cdp"
    )
    yield said
    await HUB.stop()


async def looked(agents: FakeAgents, times: int) -> None:
    browser = agents.upstream.browser

    async def often() -> bool:
        return len(browser.calls("Runtime.evaluate")) >= times

    await until(often)


async def needs(task: Task) -> str:
    return (await fresh(task)).needs_human_why


async def test_it_needs_somebody_once_its_page_was_seen_to_ask_twice(
    agents: FakeAgents, shows: list[str], make_task: MakeTask, computer: Computer, recorder: Recording
) -> None:
    task = await make_task(computer)
    async with recorder():
        theirs = await agents.started()
        await theirs.tell(STARTED)
        await looked(agents, 3)
        assert await needs(task) == ""
        shows.append("asks")
        assert await until(lambda: needs(task)) == AT_SIGN_IN

        async def taken_back() -> bool:
            return await needs(task) == ""

        shows.append("plain")
        await theirs.tell(thinks("I found the password."))
        await until(taken_back)


async def test_what_the_agent_says_itself_stands(
    agents: FakeAgents, shows: list[str], make_task: MakeTask, computer: Computer, recorder: Recording
) -> None:
    shows.append("asks")
    task = await make_task(computer)
    async with recorder():
        theirs = await agents.started()
        await theirs.tell(STARTED, {"type": "login_required", "content": "Sign in to the shop"})

        async def asked() -> bool:
            return await needs(task) != ""

        await until(asked)
        seen = len(agents.upstream.browser.calls("Runtime.evaluate"))
        await theirs.tell(thinks("Waiting."))
        assert await needs(task) not in ("", AT_SIGN_IN)
        assert len(agents.upstream.browser.calls("Runtime.evaluate")) == seen


async def test_a_page_that_does_not_say_says_nothing(
    agents: FakeAgents, shows: list[str], make_task: MakeTask, computer: Computer, recorder: Recording
) -> None:
    agents.upstream.scripts[f"/computers/{ID}/cdp/json/version"] = answer(404, {})
    task = await make_task(computer)
    async with recorder():
        await (await agents.started()).tell(STARTED)

        async def asked() -> bool:
            return len(agents.asked(f"/computers/{ID}/cdp/json/version")) > 0

        await until(asked)
    assert await needs(task) == ""
