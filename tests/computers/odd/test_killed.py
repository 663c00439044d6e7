"""A dashboard that is killed in the middle of a verb, for real: what it began does not stay without an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.conf import settings
from django.db import connection as database

from computers.fleet import Settler, settler
from tests.computers.conftest import soon
from tests.computers.odd.conftest import TAB, Desk
from tests.computers.odd.shapes import OK, UNKNOWN, said
from tests.support.fake_upstream import ID, silence
from tests.support.web import Web

pytestmark = pytest.mark.programs
PATH = f"/computers/{ID}/click"


async def test_a_verb_that_was_under_way_when_its_process_was_killed_has_an_unknown_end(
    desk: Desk, web_process: Callable[..., Web], monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.vendor != "sqlite":
        pytest.skip("The other process opens the test's database file.")
    monkeypatch.setattr(settler, "QUICK", timedelta())
    changes = {
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "LIGHTDECK_PRIVATE_UPSTREAMS": desk.service.url,
    }
    url = f"sqlite:///{database.settings_dict['NAME']}"
    web = await asyncio.to_thread(web_process, url, migrate=False, **changes)
    desk.service.scripts[PATH] = silence
    session = desk.client.cookies[settings.SESSION_COOKIE_NAME].value
    token = "t" * 32
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
    headers = {"X-Lightdeck-Client": TAB, "X-CSRFToken": token, "Origin": web.url}
    page = f"{web.url}/computers/{desk.computer.public_id}/actions/click/"
    async with httpx.AsyncClient(cookies=cookies, headers=headers) as client:
        asking = asyncio.create_task(client.post(page, data={"x": "1", "y": "2"}, timeout=60))
        await soon(lambda: asking.done() or desk.service.asked(PATH))
        assert not asking.done(), asking.result().text[:500]
        web.child.process.kill()
        with pytest.raises(httpx.HTTPError):
            await asking
    assert [row.outcome for row in await desk.audited()] == ["requested"]
    assert await desk.noted() == []
    await asyncio.gather(*(Settler().sweep() for _ in range(3)))
    ((row,), (entry,)) = (await desk.audited(), await desk.noted())
    assert (row.outcome, row.actor_name) == (entry.outcome, entry.actor_name) == (UNKNOWN, "Bob")
    desk.answers(PATH, said({}, OK))
    address = f"/computers/{desk.computer.public_id}/actions/click/"
    assert (await desk.post(address, {"x": "1", "y": "2"})).status_code == 200
