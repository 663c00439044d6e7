"""Whether a tab shows a form to sign in: a password field that a person could see, asked for in a world of our own.

A frame of another process is not looked into: what cannot be seen is not told.
"""

from __future__ import annotations

from computers.relay.session import Session
from computers.relay.world import evaluate

_ASK = """(() => {
  const seen = (field) => {
    const box = field.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && !field.disabled
      && field.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const asks = (page, depth) => {
    if ([...page.querySelectorAll("input[type=password]")].slice(0, 50).some(seen)) return true;
    if (depth === 3) return false;
    return [...page.querySelectorAll("iframe, frame")].slice(0, 20).some((frame) => {
      try { return frame.checkVisibility() && asks(frame.contentDocument, depth + 1); } catch { return false; }
    });
  };
  return asks(document, 0) ? "asks" : "plain";
})()"""


async def read_sign_in(session: Session) -> bool:
    """Whether it does; `UpstreamError` when the page does not say."""
    async with session:
        return await evaluate(session, _ASK) == "asks"
