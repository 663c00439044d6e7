"""Letting go, over DevTools, of what a lease's row says is pressed: by whoever did not press it."""

from __future__ import annotations

import contextlib
from typing import Any

from computers.relay.held import Held
from computers.relay.session import Session
from computers.upstream.cdp import CommandFailed
from computers.wire import cdp as wire
from computers.wire.screen import Pointer


async def let_go(session: Session, noted: dict[str, Any]) -> None:
    """Exactly what is noted, and the drag of the page that a button may be in."""
    held = Held.read(noted)
    if held.buttons:
        # While a drag goes on that nobody can end any more, the page takes no pointer at all.
        with contextlib.suppress(CommandFailed):
            await session.call(*wire.cancel_drag_command())
    for item in held.releases():
        method, params = wire.pointer_command(item) if isinstance(item, Pointer) else wire.key_command(item)
        await session.call(method, params)
