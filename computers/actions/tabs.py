"""A browser's tabs over REST: listed, opened, closed, switched. What people see follows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress

from computers import records
from computers.actions.addresses import for_log, normalise
from computers.actions.allowed import admit
from computers.actions.discreet import credentials_of
from computers.actions.inputs import tab_id
from computers.actions.page_errors import explained
from computers.actions.perform import Done, perform
from computers.models import Computer, Kind
from computers.relay.hub import HUB
from computers.relay.tabs import MAIN_TAB_NEWS
from computers.timeline import ours
from computers.upstream.client import Client
from computers.upstream.errors import ActionFailed, Gone, UpstreamError
from computers.wire.results import TabFacts, created_tab
from computers.wire.upstream import ActionResult
from dashboard import live
from dashboard.permissions import Action, Actor

#: A new tab's id that is not in the answer is looked for in the list this long, and so often; seconds.
NEW_TAB_WAIT = 2.0
NEW_TAB_POLL = 0.25


async def listing(actor: Actor, computer: Computer) -> list[TabFacts]:
    """Every tab, as upstream lists them. Reading leaves no entry."""
    await admit(actor, Action.LIST_TABS, computer)
    async with HUB.client(computer) as client:
        return await _listed(client, computer)


async def create(actor: Actor, computer: Computer, url: str = "") -> str:
    """Open a tab, perhaps with an address; it becomes the main one. Its id, empty when upstream does not say."""
    await admit(actor, Action.CREATE_TAB, computer)
    url = normalise(url) if url.strip() else ""
    opened = ""

    async def call(client: Client) -> ActionResult:
        nonlocal opened
        answer = await client.create_tab(computer.upstream_id, url)
        with suppress(UpstreamError):
            opened = created_tab(answer) or await _became_main(client, computer)
        return answer

    shown = for_log(url)
    try:
        await perform(
            actor,
            Action.CREATE_TAB,
            computer,
            f"opened a tab with {shown}" if url else "opened a tab",
            call,
            kind=Kind.TAB,
            request={"url": shown} if url else {},
            step={"type": "new_tab", **({"url": shown} if url else {})},
            secrets=sorted(credentials_of(url), key=len, reverse=True),
            url=shown,
        )
    except ActionFailed as error:
        raise explained(error) from error
    if opened:
        await _show(computer, opened)
    return opened


async def close(actor: Actor, computer: Computer, tab: str) -> Done:
    """Close one; upstream refuses the last."""
    await admit(actor, Action.CLOSE_TAB, computer)
    tab = tab_id(tab, required=True)
    return await perform(
        actor,
        Action.CLOSE_TAB,
        computer,
        "closed a tab",
        lambda client: _known(client, computer, client.close_tab(computer.upstream_id, tab)),
        kind=Kind.TAB,
        request={"tab_id": tab},
        step={"type": "close_tab", "tab_id": tab},
        tab=tab,
    )


async def switch(actor: Actor, computer: Computer, tab: str) -> Done:
    """Make another tab the main one, for upstream and for everybody who watches the main tab."""
    await admit(actor, Action.SWITCH_TAB, computer)
    tab = tab_id(tab, required=True)
    done = await perform(
        actor,
        Action.SWITCH_TAB,
        computer,
        "switched to another tab",
        lambda client: _known(client, computer, client.switch_tab(computer.upstream_id, tab)),
        kind=Kind.TAB,
        request={"tab_id": tab},
        step={"type": "switch_tab", "tab_id": tab},
        tab=tab,
    )
    await _show(computer, tab)
    return done


async def _show(computer: Computer, tab: str) -> None:
    """Whoever watches the main tab sees this one now, in every process, and in those that show the computer next."""
    await records.note_main_tab(computer.pk, tab)
    if (link := HUB.opened(computer)) is not None:
        link.show_main(tab)
    await live.publish(live.computer_group(computer.public_id), MAIN_TAB_NEWS, tab=tab)


async def _known(client: Client, computer: Computer, asked: Awaitable[ActionResult]) -> ActionResult:
    """A 404 may mean the tab or the computer; only the computer's own ends it."""
    try:
        return await asked
    except Gone:
        await client.get(computer.upstream_id)
        raise ActionFailed("There is no such tab any more.") from None


async def _became_main(client: Client, computer: Computer) -> str:
    """A new tab becomes the main one (contract §3.4): the one that is and was not. Empty when none is in time."""
    for _ in range(int(NEW_TAB_WAIT / NEW_TAB_POLL)):
        for tab in await _listed(client, computer):
            if tab.main and tab.id != computer.main_tab:
                return tab.id
        await asyncio.sleep(NEW_TAB_POLL)
    return ""


async def _listed(client: Client, computer: Computer) -> list[TabFacts]:
    """As upstream lists them. It leaves no entry, so that it was ours is remembered."""
    tabs, call = await client.tabs(computer.upstream_id)
    await ours.remember(computer.pk, call)
    return tabs
