"""News between processes: the one user of the channel layer.

Facts are written to the database first and published after commit; a listener that missed something reads the row
again, so a lost message costs a moment, never the truth. Nothing large and no pixel travels here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from dashboard.database import calling_loop

logger = logging.getLogger(__name__)

#: The layer's own message type; what we say is in `kind`.
MESSAGE_TYPE = "lightdeck.news"


#: The kind of news that says: check again what this person may do.
AUTHORITY = "authority"
#: The group of whatever records agent tasks.
RECORDERS = "recorders"


@dataclass(frozen=True, slots=True)
class News:
    """One published message: what it is about, and its small JSON payload."""

    kind: str
    payload: dict[str, Any] = field(default_factory=dict)


def computer_group(public_id: str) -> str:
    """Everything about one computer: control, state, name."""
    return f"computer.{public_id}"


def task_group(public_id: str) -> str:
    """Everything about one agent task: its steps, its state."""
    return f"task.{public_id}"


def team_group(team_id: int) -> str:
    """What every wall of a team shows."""
    return f"team.{team_id}"


def user_group(user_id: int) -> str:
    """Whatever changes what one person may do."""
    return f"user.{user_id}"


async def publish(group: str, kind: str, **payload: Any) -> None:
    """Tell every listener of `group`. A layer that is down is logged, never raised: the row is already true."""
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        await layer.group_send(group, {"type": MESSAGE_TYPE, "kind": kind, "payload": payload})
    except Exception:
        logger.exception("Could not publish %s to %s.", kind, group)


def publish_on_commit(group: str, kind: str, **payload: Any) -> None:
    """From synchronous code: publish once the transaction is committed (at once outside of one)."""
    transaction.on_commit(lambda: _publish_from_thread(group, kind, payload))


@asynccontextmanager
async def listen(groups: Iterable[str]) -> AsyncIterator[AsyncIterator[News]]:
    """Listen to `groups` while the block runs; yields the endless iterator of their news."""
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("No channel layer is configured.")
    channel = await layer.new_channel("lightdeck")
    joined = list(groups)
    for group in joined:
        await layer.group_add(group, channel)
    try:
        yield _received(layer, channel)
    finally:
        for group in joined:
            await layer.group_discard(group, channel)


def _publish_from_thread(group: str, kind: str, payload: dict[str, Any]) -> None:
    loop = calling_loop.get()
    if loop is not None:
        # The in-memory layer's queues belong to the loop that awaits this unit.
        asyncio.run_coroutine_threadsafe(publish(group, kind, **payload), loop)
    else:
        async_to_sync(publish)(group, kind, **payload)


async def _received(layer: Any, channel: str) -> AsyncIterator[News]:
    while True:
        message = await layer.receive(channel)
        yield News(message["kind"], message.get("payload", {}))
