"""Chrome DevTools Protocol messages: what Lightdeck says and what it reads. Source: the protocol's stable 1.3
definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pybase64

from computers.wire.jpeg import is_whole
from computers.wire.keys import location, virtual_key
from computers.wire.screen import Answer, Key, Pointer, Text

#: Every message is (method, parameters).
Command = tuple[str, dict[str, Any]]

JPEG_QUALITY = 60
#: What numbers frames stays below this; what is beyond could not even be sent back.
NUMBER_LIMIT = 2**53
#: Longest message of a page's dialog that is passed on, characters.
DIALOG_LIMIT = 2000
_POINTER_TYPES = {"move": "mouseMoved", "down": "mousePressed", "up": "mouseReleased", "wheel": "mouseWheel"}
_BUTTON_BITS = ((1, "left"), (2, "right"), (4, "middle"), (8, "back"), (16, "forward"))
#: Keys that type a control character; Chromium submits forms only if Enter carries its own.
_CONTROL_TEXT = {"Enter": "\r"}


@dataclass(frozen=True, slots=True)
class CastFrame:
    """One `Page.screencastFrame`: the JPEG, when it was captured (ms since the epoch), the viewport in CSS pixels, and
    the number to acknowledge it by."""

    payload: bytes
    captured_at: float
    width: int
    height: int
    acknowledge: int


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog that holds a page until somebody answers it: alert, confirm, prompt or beforeunload. `number` is what an
    answer names it by: the feed gives it, so that no answer meets a dialog nobody has seen."""

    kind: str
    message: str
    default: str
    number: int = 0


def encode(id: int, method: str, params: dict[str, Any], session: str) -> bytes:
    """One command as the socket wants it; `session` is empty for the browser itself."""
    message: dict[str, Any] = {"id": id, "method": method, "params": params}
    if session:
        message["sessionId"] = session
    return orjson.dumps(message)


def number_of(params: dict[str, Any]) -> int:
    """What a frame that cannot be read is acknowledged by."""
    number = params.get("sessionId")
    return number if isinstance(number, int) and 0 <= number < NUMBER_LIMIT else 0


def read_cast_frame(params: dict[str, Any]) -> CastFrame | None:
    """The frame, or None for one that is broken (half a picture, odd numbers): the next one will do."""
    try:
        payload = pybase64.b64decode(params["data"], validate=True)
        metadata = params["metadata"]
        width, height = round(metadata["deviceWidth"]), round(metadata["deviceHeight"])
        captured_at = float(metadata.get("timestamp") or 0.0) * 1000.0
        number = int(params["sessionId"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if not is_whole(payload) or not (0 < width < 65536 and 0 < height < 65536):
        return None
    if not 0 <= number < NUMBER_LIMIT:
        return None
    return CastFrame(payload, captured_at, width, height, number)


def pointer_command(item: Pointer) -> Command:
    """`Input.dispatchMouseEvent` for one pointer item."""
    params: dict[str, Any] = {
        "type": _POINTER_TYPES[item.action],
        "x": item.x,
        "y": item.y,
        "modifiers": item.modifiers,
        "buttons": item.buttons,
        "button": item.button if item.action in {"down", "up"} else _first_button(item.buttons),
        "pointerType": "mouse",
    }
    if item.action in {"down", "up"}:
        params["clickCount"] = max(1, item.clicks)
    if item.action == "wheel":
        params |= {"deltaX": item.dx, "deltaY": item.dy}
    return "Input.dispatchMouseEvent", params


def key_command(item: Key) -> Command:
    """`Input.dispatchKeyEvent` for one key item. A key without text goes down raw, so that it types nothing."""
    text = (item.text or _CONTROL_TEXT.get(item.key, "")) if item.action == "down" else ""
    number = virtual_key(item.key, item.code)
    params: dict[str, Any] = {
        "type": "keyUp" if item.action == "up" else "keyDown" if text else "rawKeyDown",
        "key": item.key,
        "code": item.code,
        "modifiers": item.modifiers,
        "windowsVirtualKeyCode": number,
        "nativeVirtualKeyCode": number,
        "location": location(item.code),
        "isKeypad": item.code.startswith("Numpad"),
        "autoRepeat": item.repeat,
    }
    if text:
        params |= {"text": text, "unmodifiedText": text}
    return "Input.dispatchKeyEvent", params


def text_command(item: Text) -> Command:
    """`Input.insertText`: as an input method commits it, without key events."""
    return "Input.insertText", {"text": item.text}


def read_dialog(params: dict[str, Any]) -> Dialog:
    """`Page.javascriptDialogOpening`; a page may say anything, so it is cut."""
    kind, message, default = (params.get(name) for name in ("type", "message", "defaultPrompt"))
    return Dialog(str(kind or "alert"), str(message or "")[:DIALOG_LIMIT], str(default or "")[:DIALOG_LIMIT])


def answer_command(answer: Answer) -> Command:
    """`Page.handleJavaScriptDialog`."""
    return "Page.handleJavaScriptDialog", {"accept": answer.accept, "promptText": answer.text}


def _first_button(buttons: int) -> str:
    return next((name for bit, name in _BUTTON_BITS if buttons & bit), "none")


def drag_command(kind: str, item: Pointer, data: dict[str, Any]) -> Command:
    """`Input.dispatchDragEvent`: dragEnter, dragOver or drop of what `Input.dragIntercepted` gave."""
    return "Input.dispatchDragEvent", {
        "type": kind,
        "x": item.x,
        "y": item.y,
        "data": data,
        "modifiers": item.modifiers,
    }


def cancel_drag_command() -> Command:
    """Ends a drag that whoever began it cannot end any more. Where nothing is dragged it does nothing."""
    nothing = {"items": [], "dragOperationsMask": 1}
    return "Input.dispatchDragEvent", {"type": "dragCancel", "x": 0, "y": 0, "data": nothing}
