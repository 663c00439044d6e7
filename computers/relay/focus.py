"""Whether the focus of a tab is where people type secrets, asked for in a world of our own.

What cannot be told is nobody's to guess: a frame of another process or a closed shadow tree answers None.
"""

from __future__ import annotations

from computers.relay.session import Session
from computers.relay.world import evaluate

_ASK = """(() => {
  const secret = ["current-password", "new-password", "one-time-code"];
  let field = document.activeElement;
  for (let depth = 0; field && depth < 50; depth += 1) {
    if (field.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
    else if (field.localName === "iframe" || field.localName === "frame") {
      let inner = null;
      try { inner = field.contentDocument; } catch {}
      if (!inner) return "unknown";
      field = inner.activeElement;
    } else break;
  }
  if (!field) return "plain";
  const words = String(field.getAttribute("autocomplete") ?? "").toLowerCase().split(/\\s+/);
  const named = words.some((word) => secret.includes(word) || word.startsWith("cc-"));
  if (field.type === "password" || named) return "secret";
  const masked = getComputedStyle(field).webkitTextSecurity;
  if (masked && masked !== "none") return "secret";
  const editable = field.isContentEditable || ["input", "textarea", "select", "body"].includes(field.localName);
  const opaque = ["object", "embed", "fencedframe"].includes(field.localName);
  return opaque || (field.localName.includes("-") && !editable) ? "unknown" : "plain";
})()"""


async def read_focus(session: Session) -> bool | None:
    """True: a field for a secret. False: anything else. None: it cannot be told."""
    async with session:
        said = await evaluate(session, _ASK)
    return {"secret": True, "plain": False}.get(said)
