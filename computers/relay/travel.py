"""A tab sent to an address, or through its history."""

from __future__ import annotations

from computers.relay.session import Session
from computers.upstream import errors

#: Opening a page is over when the browser has its first answer, not when it has loaded. Seconds.
NAVIGATE_TIMEOUT = 30.0
_NOWHERE = {"back": "There is no page to go back to.", "forward": "There is no page to go forward to."}


async def to(session: Session, url: str) -> None:
    """Open `url`; `ActionFailed` with the browser's own reason."""
    answer = await session.call("Page.navigate", {"url": url}, NAVIGATE_TIMEOUT)
    if answer.get("errorText"):
        raise errors.ActionFailed(str(answer["errorText"]))


async def through_history(session: Session, step: str) -> None:
    """`back`, `forward` or `reload`; `ActionFailed` when there is nowhere to go."""
    if step == "reload":
        await session.call("Page.reload")
        return
    history = await session.call("Page.getNavigationHistory")
    at, entries = history.get("currentIndex"), history.get("entries")
    if not isinstance(at, int) or not isinstance(entries, list):
        raise errors.NotUnderstood("The computer's browser told an odd history.")
    at += -1 if step == "back" else 1
    if not 0 <= at < len(entries):
        raise errors.ActionFailed(_NOWHERE[step])
    await session.call("Page.navigateToHistoryEntry", {"entryId": entries[at]["id"]})
