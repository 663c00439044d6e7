"""`/ws/tasks/<id>/`: what a page lacks, and what comes, as its own fragments."""

from __future__ import annotations

import pytest

from agents import record
from agents.consumers import TaskConsumer
from agents.models import Step, Task
from computers.actions import control
from computers.models import Capture, Computer
from dashboard.database import unit
from dashboard.models import Membership, User
from dashboard.permissions import Actor
from tests.agents.conftest import MakeTask
from tests.support.sockets import OpenSocket, opened, sign_in


async def say(task: Task, *texts: str) -> None:
    for text in texts:
        await record.note(task.pk, record.Noted("thinking", text))


def socket(task: Task, key: str, after: str = "0"):  # type: ignore[no-untyped-def]
    return opened(
        TaskConsumer.as_asgi(), f"/ws/tasks/{task.public_id}/?after={after}", key, public_id=task.public_id
    )


async def numbers(page: OpenSocket) -> tuple[int, int, str]:
    message = await page.next_of("steps")
    return message["first"], message["last"], message["html"]


async def test_it_begins_with_what_the_page_lacks_and_goes_on(make_task: MakeTask, vera: User) -> None:
    task = await make_task()
    await say(task, "one", "two")
    async with socket(task, await sign_in(vera), after="1") as page:
        first, last, html = await numbers(page)
        assert (first, last, "two" in html, "one" in html) == (2, 2, True, False)
        head = await page.next_of("fact")
        assert head["key"] == f"task:{task.public_id}" and "Pause" not in head["html"]
        await say(task, "three")
        first, last, html = await numbers(page)
        assert (first, last, "three" in html) == (3, 3, True)


async def test_a_state_that_changes_changes_the_head(make_task: MakeTask, bob: User) -> None:
    task = await make_task()
    async with socket(task, await sign_in(bob)) as page:
        before = await page.next_of("fact")
        await record.note(task.pk, record.Noted("paused", "It is paused."), state="paused", upstream_id="t")
        after = await page.next_of("fact")
        assert after["version"] > before["version"] and "Resume" in after["html"]


async def test_its_computer_is_a_click_away_once_it_is_known(
    make_task: MakeTask, bob: User, computer: Computer
) -> None:
    task = await make_task()
    async with socket(task, await sign_in(bob)) as page:
        assert "Open " not in (await page.next_of("fact"))["html"]
        await record.note(task.pk, record.Noted("notice", "x", True), computer_id=computer.pk)
        html = (await page.next_of("fact"))["html"]
        assert f"Open {computer.label}" in html and f"/computers/{computer.public_id}/" in html


async def test_who_drives_its_computer_is_told_at_once(
    make_task: MakeTask, bob: User, computer: Computer, as_bob: Actor
) -> None:
    task = await make_task()
    await record.note(task.pk, record.Noted("paused", "x", True), state="paused", upstream_id="t")
    async with socket(task, await sign_in(bob)) as page:
        before = await page.next_of("fact")
        # Which computer it is comes while the page is open.
        await record.note(task.pk, record.Noted("notice", "x", True), computer_id=computer.pk)
        known = await page.next_of("fact")
        assert "you drive" not in known["html"] and "Resume" in known["html"]
        await control.take(as_bob, computer)
        driven = await page.next_of("fact")
        assert "you drive" in driven["html"] and "Hand back" in driven["html"]
        await control.release(as_bob, computer)
        free = await page.next_of("fact")
        assert "you drive" not in free["html"]
    assert before["version"] < known["version"] < driven["version"] < free["version"]


async def test_a_picture_that_arrives_later_replaces_its_step(
    make_task: MakeTask, bob: User, computer: Computer
) -> None:
    task = await make_task(computer)
    await record.note(task.pk, record.Noted("screenshot", picture_url="https://x/y"))
    async with socket(task, await sign_in(bob)) as page:
        await page.next_of("fact")
        capture = await unit(
            lambda: Capture.objects.create(computer=computer, kind="screenshot", media_type="image/jpeg")
        )()
        step = await unit(lambda: Step.objects.get())()
        await record.picture_copied(step.pk, capture.pk)
        while (fact := await page.next_of("fact"))["key"] != "step:1":
            pass
        assert capture.name in fact["html"]


async def test_too_much_is_left_to_the_page(
    make_task: MakeTask, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agents.reader.NEWS_LIMIT", 2)
    task = await make_task()
    await say(task, "a", "b", "c")
    async with socket(task, await sign_in(bob)) as page:
        message = await page.next_of("steps")
        assert (message["complete"], message["html"], message["last"]) == (False, "", 3)


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "²"])
async def test_an_odd_number_is_the_beginning_or_nothing(make_task: MakeTask, bob: User, after: str) -> None:
    task = await make_task()
    await say(task, "a")
    async with socket(task, await sign_in(bob), after) as page:
        assert (await numbers(page))[:2] == (1, 1)


async def test_strangers_and_the_signed_out_are_refused(make_task: MakeTask, charlie: User) -> None:
    task = await make_task()
    async with socket(task, await sign_in(charlie)) as page:
        assert await page.code() == 4004
    async with socket(task, "") as page:
        assert await page.code() == 4001


async def test_who_loses_the_role_is_cut(make_task: MakeTask, bob: User) -> None:
    task = await make_task()
    async with socket(task, await sign_in(bob)) as page:
        await page.next_of("fact")
        await unit(lambda: Membership.objects.get(user=bob).delete())()
        assert await page.code() == 4004


async def test_odd_messages_are_refused_and_a_ping_answered(make_task: MakeTask, bob: User) -> None:
    task = await make_task()
    async with socket(task, await sign_in(bob)) as page:
        await page.send('{"type": "ping"}')
        await page.next_of("pong")
        await page.send("[1]")
        assert (await page.next_of("error"))["code"] == "malformed"
