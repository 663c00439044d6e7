"""The way out of a computer. A proxy's name and password reach upstream and nothing else."""

from __future__ import annotations

from computers.actions.allowed import admit
from computers.actions.noting import secrets_of
from computers.actions.perform import Done, perform
from computers.actions.steps import proxy, proxy_for_log
from computers.models import Computer
from computers.upstream.verbs import PROXY_TIMEOUT
from dashboard.permissions import Action, Actor


async def change_proxy(actor: Actor, computer: Computer, url: str) -> Done:
    """`POST /change-proxy`: every tab goes through it from now on; an empty address takes it away."""
    await admit(actor, Action.PROXY, computer)
    url = proxy(url)
    shown = proxy_for_log(url)
    return await perform(
        actor,
        Action.PROXY,
        computer,
        f"set the proxy to {shown}" if url else "took the proxy away",
        lambda client: client.act(
            computer.upstream_id, "change-proxy", {"proxy_url": url}, timeout=PROXY_TIMEOUT
        ),
        request={"proxy_url": shown},
        secrets=secrets_of({"type": "change_proxy", "proxy_url": url}),
        proxy=shown,
    )
