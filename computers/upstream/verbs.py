"""The REST verbs that act on one computer: one short method per endpoint (contract §3.2, §3.4).

None is ever retried: upstream has no idempotency keys, and a repeated click is a second click (contract §1.4). Each
has a deadline of its own, in seconds, named here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

from computers.upstream import errors
from computers.wire.results import TabFacts, read_tabs
from computers.wire.upstream import ActionResult

#: Whatever has no deadline of its own.
CALL_TIMEOUT = 20.0
#: A click, a key, a scroll: upstream answers once the page has taken it.
INPUT_TIMEOUT = 20.0
#: A drag moves step by step.
DRAG_TIMEOUT = 30.0
#: Long texts are typed key by key.
TYPE_TIMEOUT = 60.0
#: A navigation blocks until the page has loaded; a new tab with an address does the same.
NAVIGATE_TIMEOUT = 45.0
#: A picture of a large page, and all of its HTML.
SCREENSHOT_TIMEOUT = 30.0
HTML_TIMEOUT = 30.0
#: The size changes at once, but the page lays itself out anew.
VIEWPORT_TIMEOUT = 20.0
#: The way out of the computer changes for every tab.
PROXY_TIMEOUT = 30.0
#: Switching, closing and listing tabs.
TAB_TIMEOUT = 20.0
#: One action of any kind: as slow as the slowest.
EXECUTE_TIMEOUT = 60.0
#: Many of them, one after the other.
BATCH_TIMEOUT = 180.0
#: A command's own limit when nobody says another one (contract §3.2), and what is added to it for the way.
DEBUG_LIMIT = 120
DEBUG_MARGIN = 15.0


#: The verbs that only look: whatever becomes of their call, nothing was done.
LOOKING = frozenset({"screenshot", "html"})


def path_of(id: str, verb: str = "") -> str:
    """`computers/<id>/<verb>`, the id quoted."""
    return f"computers/{segment(id)}" + (f"/{verb}" if verb else "")


def segment(id: str) -> str:
    """An id as one piece of a path. Dots alone would lead elsewhere (`DELETE …/tabs/..` ends the computer)."""
    if not id.strip("."):
        raise errors.Refused("That is no id.")
    return quote(id, safe="")


class Verbs(ABC):
    """What `Client` can do to a computer; how a call is made is the client's."""

    @abstractmethod
    async def _call(
        self, method: str, path: str, body: Any = None, *, timeout: float = CALL_TIMEOUT, acts: bool = True
    ) -> Any:
        """The JSON of the answer, None for an empty one; `UpstreamError`. `acts` is False for what only looks, so that
        no outcome is unknown; a GET always only looks."""

    async def act(
        self, id: str, verb: str, body: dict[str, Any], *, timeout: float = CALL_TIMEOUT
    ) -> ActionResult:
        """`POST /computers/{id}/<verb>`; `ActionFailed` when the action itself failed."""
        acts = verb not in LOOKING
        data = await self._call("POST", path_of(id, verb), body, timeout=timeout, acts=acts)
        return succeeded(data, acts=acts)

    async def navigate(self, id: str, url: str) -> ActionResult:
        """`POST /computers/{id}/navigate`: returns once the page has loaded."""
        return await self.act(id, "navigate", {"url": url}, timeout=NAVIGATE_TIMEOUT)

    async def execute(self, id: str, action: dict[str, Any]) -> ActionResult:
        """`POST /computers/{id}/execute`: one action of contract §2.5."""
        return await self.act(id, "execute", {"action": action}, timeout=EXECUTE_TIMEOUT)

    async def batch(self, id: str, actions: list[dict[str, Any]], *, timeout: float = BATCH_TIMEOUT) -> Any:
        """`POST /computers/{id}/batch`, whatever it answers: it is 200 even when an item fails."""
        return await self._call("POST", path_of(id, "batch"), {"actions": actions}, timeout=timeout)

    async def tabs(self, id: str) -> tuple[list[TabFacts], str]:
        """`GET /computers/{id}/tabs`; a new one may be missing for a moment. Beside them upstream's own id of the call,
        perhaps empty."""
        data = await self._call("GET", path_of(id, "tabs"), timeout=TAB_TIMEOUT)
        call = succeeded(data).request_id if isinstance(data, dict) else ""
        try:
            return read_tabs(data), call
        except ValueError:
            raise errors.NotUnderstood("The Lightcone service did not say which tabs there are.") from None

    async def create_tab(self, id: str, url: str = "") -> ActionResult:
        """`POST /computers/{id}/tabs`: the new tab becomes the main one."""
        return await self.act(id, "tabs", {"url": url} if url else {}, timeout=NAVIGATE_TIMEOUT)

    async def close_tab(self, id: str, tab: str) -> ActionResult:
        """`DELETE /computers/{id}/tabs/{tab_id}`; the last one cannot be closed."""
        path = path_of(id, f"tabs/{segment(tab)}")
        return succeeded(await self._call("DELETE", path, timeout=TAB_TIMEOUT))

    async def switch_tab(self, id: str, tab: str) -> ActionResult:
        """`POST /computers/{id}/tabs/{tab_id}/switch`."""
        path = path_of(id, f"tabs/{segment(tab)}/switch")
        return succeeded(await self._call("POST", path, timeout=TAB_TIMEOUT))


def succeeded(data: Any, *, acts: bool = True) -> ActionResult:
    """The answer to an action; `ActionFailed` when it says that the action itself failed."""
    try:
        result = ActionResult.read(data)
    except ValueError:
        raise errors.NotUnderstood(
            "The Lightcone service did not say how the action went.", outcome_unknown=acts
        ) from None
    if not result.ok:
        raise errors.ActionFailed(
            result.error or f"The computer answered {result.status}.", result.request_id
        )
    return result
