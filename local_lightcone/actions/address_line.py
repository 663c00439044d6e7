"""The address line that a headless browser has not: Ctrl+L opens it, what is typed then goes there, Enter opens it.

Clients that may press keys but not navigate (the official SDK knows no such action of a model) go to pages this way.
"""

import time

from ..problems import bad_request
from ..sessions.hands import AddressLine
from .keys import Key
from .navigate import LONGEST_URL, navigate
from .stage import Stage

OPENING = ({"Control", "l"}, {"Meta", "l"}, {"Alt", "d"}, {"F6"})
PATIENCE_SECONDS = 60.0
"""After so long without a key, typing is meant for the page again."""


async def typed(stage: Stage, text: str) -> bool:
    """Whether the text went into the line."""
    line = _line(stage)
    if line is None:
        return False
    first, enter, _ = text.partition("\n")
    line.text += first
    if len(line.text) > LONGEST_URL:
        close(stage)
        raise bad_request(f"An address may have {LONGEST_URL} characters.")
    if enter:
        await _open(stage, line)
    return True


async def pressed(stage: Stage, keys: list[Key]) -> bool:
    """Whether the keys were meant for the line."""
    names = {key.key.lower() if len(key.key) == 1 else key.key for key in keys}
    if names in OPENING:
        stage.computer.hands.line = AddressLine(stage.tab.target_id, time.monotonic() + PATIENCE_SECONDS)
        return True
    line = _line(stage)
    if line is None:
        return False
    if names == {"Enter"}:
        await _open(stage, line)
    elif names == {"Control", "a"}:
        line.text = ""
    elif names == {"Backspace"}:
        line.text = line.text[:-1]
    else:
        close(stage)
        return names == {"Escape"}
    return True


def close(stage: Stage) -> None:
    stage.computer.hands.line = None


def _line(stage: Stage) -> AddressLine | None:
    line = stage.computer.hands.line
    if line is None or line.tab != stage.tab.target_id or line.until < time.monotonic():
        close(stage)
        return None
    line.until = time.monotonic() + PATIENCE_SECONDS
    return line


async def _open(stage: Stage, line: AddressLine) -> None:
    close(stage)
    text = line.text.strip()
    known = "://" in text or text.lower().startswith(("data:", "about:"))
    await navigate(stage, {"url": text if known else f"http://{text}"})
