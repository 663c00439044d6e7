"""How a verb that is one REST call is performed: its entry, its audit rows, and what it brought, bounded."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from computers.actions.acted import acted
from computers.actions.copies import copied
from computers.actions.discreet import discreet, without
from computers.models import Computer, Kind
from computers.relay.hub import HUB
from computers.upstream.client import Client
from computers.upstream.errors import ActionFailed
from computers.wire.upstream import ActionResult
from dashboard.permissions import Action, Actor

#: Longest text kept of a result, characters, and how many members of each object and list.
KEPT_TEXT = 500
KEPT_MEMBERS = 50
#: How deep a kept result is.
KEPT_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Done:
    """What a call brought. `result` is upstream's, whole; pages show `shown()` of it."""

    status: str
    request_id: str
    milliseconds: int
    result: dict[str, Any]
    tab: str = ""
    context: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any]:
        """The result with the page's context beside it, bounded."""
        together = {**self.result, **({"page_context": self.context} if self.context else {})}
        return dict(bounded(together))


async def perform(
    actor: Actor | None,
    action: Action,
    computer: Computer,
    sentence: str,
    call: Callable[[Client], Awaitable[ActionResult]],
    *,
    kind: Kind = Kind.ACTION,
    request: dict[str, Any] | None = None,
    step: dict[str, Any] | None = None,
    typed: str = "",
    secrets: Sequence[str] = (),
    admission: Callable[[], None] | None = None,
    **detail: Any,
) -> Done:
    """Call upstream once, for somebody who was admitted or whom `admission` admits now, in the unit that writes the
    audit's first row; `secrets` are taken out of what upstream says back. What else is
    named here is the timeline's, `detail` the audit's."""
    async with acted(
        actor,
        action,
        computer,
        sentence,
        kind=kind,
        request=request,
        step=step,
        typed=typed,
        admission=admission,
        **detail,
    ) as found:
        started = time.monotonic()
        try:
            with discreet(list(secrets)):
                async with HUB.client(computer) as client:
                    answer = await call(client)
                    result = await copied(client, computer, answer.result, actor)
        except ActionFailed as error:
            found["request_id"] = error.request_id
            raise
        done = Done(
            answer.status,
            answer.request_id,
            int((time.monotonic() - started) * 1000),
            without(result, secrets),
            answer.tab,
            without(answer.context, secrets),
        )
        found |= {"result": done.shown(), "request_id": answer.request_id}
    return done


def bounded(value: Any, depth: int = 0) -> Any:
    """JSON small enough to keep and to show: long texts cut, long lists and deep objects shortened."""
    if isinstance(value, str):
        return value if len(value) <= KEPT_TEXT else f"{value[:KEPT_TEXT]}… ({len(value)} characters)"
    if not isinstance(value, dict | list):
        return value
    if depth >= KEPT_DEPTH:
        return "…"
    if isinstance(value, dict):
        return {str(key): bounded(each, depth + 1) for key, each in list(value.items())[:KEPT_MEMBERS]}
    return [bounded(each, depth + 1) for each in value[:KEPT_MEMBERS]]
