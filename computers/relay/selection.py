"""The text that is selected in a tab, asked for in a world of our own, where the page's scripts can change nothing."""

from __future__ import annotations

from typing import Any

from computers.relay.session import Session
from computers.upstream import errors

#: Longest selection that is copied, characters: more is a mistake, and all of it travels through here.
SELECTION_LIMIT = 500_000
#: Frames of a page that are asked, and how long each may take, seconds.
FRAMES_LIMIT = 20
ASK_TIMEOUT = 3.0
_WORLD = "lightdeck"

#: What is selected in the field that has the focus, else in the document. Of a password's field, nothing.
_ASK = f"""(() => {{
  let field = document.activeElement;
  while (field?.shadowRoot?.activeElement) field = field.shadowRoot.activeElement;
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {{
    if (field.type === "password") return {{kind: "password"}};
    let [from, to] = [null, null];
    try {{ [from, to] = [field.selectionStart, field.selectionEnd]; }} catch {{}}
    const text = from === null ? "" : field.value.slice(from, Math.min(to, from + {SELECTION_LIMIT} + 1));
    if (text) return {{kind: "text", text}};
  }}
  const text = String(getSelection() ?? "").slice(0, {SELECTION_LIMIT} + 1);
  return {{kind: "text", text}};
}})()"""

NOTHING = "Nothing is selected on the computer. Select some text there first."
PASSWORD = "That is a password field; what is in it is not copied."
TOO_LONG = f"That selection is longer than {SELECTION_LIMIT:,} characters; select less of it."


async def read_selection(session: Session) -> str:
    """The selection of the page's own frames, the first that has any; `ActionFailed` with a sentence if none has."""
    async with session:
        refusal = NOTHING
        tree = await session.call("Page.getFrameTree", timeout=ASK_TIMEOUT)
        for frame in _frames(tree.get("frameTree"))[:FRAMES_LIMIT]:
            found = await _ask(session, frame)
            text = found.get("text")
            if found.get("kind") == "password":
                refusal = PASSWORD
            elif isinstance(text, str) and text:
                if len(text) > SELECTION_LIMIT:
                    raise errors.ActionFailed(TOO_LONG)
                return text
    raise errors.ActionFailed(refusal)


async def _ask(session: Session, frame: str) -> dict[str, Any]:
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
    value = result.get("value") if isinstance(result, dict) else None
    return value if isinstance(value, dict) else {}


def _frames(tree: Any) -> list[str]:
    """The ids of a frame tree, the outermost first."""
    if not isinstance(tree, dict):
        return []
    frame = tree.get("frame")
    id = frame.get("id") if isinstance(frame, dict) else None
    below = [inner for child in tree.get("childFrames") or [] for inner in _frames(child)]
    return [id, *below] if isinstance(id, str) else below
