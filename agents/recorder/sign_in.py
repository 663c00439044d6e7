"""A task that sits at a form to sign in needs a person, and does not always say so.

The rule guesses nothing: no step has come for a while, and the computer's page shows a password field each time it is
looked at. Where there is no DevTools, or a page does not say, nothing is said either. The next step takes it back.
"""

from __future__ import annotations

import asyncio
import logging

from django.utils import timezone

from agents import record
from agents.recorder import claims
from agents.states import State
from agents.waiting import AT_SIGN_IN
from computers.relay.hub import HUB
from computers.upstream.errors import UpstreamError

logger = logging.getLogger(__name__)

#: No step for this long, and then so many looks that find the form, this far apart. Seconds.
QUIET_FOR, LOOK_EVERY, LOOKS = 30.0, 10.0, 2


class SignInWatch:
    """One task's. `look` is called again and again; it looks at the page only when it is time to."""

    def __init__(self, pk: int, token: str) -> None:
        self._pk, self._token = pk, token
        self._found, self._looked_at = 0, 0.0

    async def look(self) -> None:
        """Note that it needs somebody, if it does. `NotOurs` if the claim is lost."""
        now = asyncio.get_running_loop().time()
        if now - self._looked_at < LOOK_EVERY:
            return
        task = await claims.read(self._pk)
        if task is None or task.computer is None or task.needs or task.state != State.RUNNING:
            self._found = 0
            return
        heard_at = task.last_event_at or task.sent_at or task.made_at
        if (timezone.now() - heard_at).total_seconds() < QUIET_FOR:
            self._found = 0
            return
        self._looked_at = now
        # It has the key, which its computer's own row would be read again for.
        task.computer.connection = task.connection
        try:
            async with HUB.linked(task.computer) as link:
                asks = await link.asks_to_sign_in()
        except UpstreamError as error:
            logger.info("The page of task %s could not be looked at: %s", self._pk, error)
            return
        self._found = self._found + 1 if asks else 0
        if self._found >= LOOKS:
            needs = {"needs_human_since": timezone.now(), "needs_human_why": AT_SIGN_IN}
            await record.change(self._pk, self._token, **needs)
