"""Whether the focus of a tab is where people type secrets, asked for in a world of our own.

What cannot be told is nobody's to guess: a frame of another process or a closed shadow tree answers None.
"""

from __future__ import annotations

from computers.relay.session import Session

#: How long each question may take, seconds.
ASK_TIMEOUT = 2.0
_WORLD = "lightdeck"

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
        tree = await session.call("Page.getFrameTree", timeout=ASK_TIMEOUT)
        frame = tree.get("frameTree", {}).get("frame", {}).get("id")
        world = await session.call(
            "Page.createIsolatedWorld", {"frameId": frame, "worldName": _WORLD}, ASK_TIMEOUT
        )
        asked = {
            "expression": _ASK,
            "contextId": world.get("executionContextId"),
            "returnByValue": True,
            "timeout": ASK_TIMEOUT * 1000,
        }
        answer = await session.call("Runtime.evaluate", asked, ASK_TIMEOUT)
    result = answer.get("result")
    said = result.get("value") if isinstance(result, dict) else None
    return {"secret": True, "plain": False}.get(str(said))
