"""The screen socket, protocol 1 (design §5): what browsers say, strictly, and the header of every frame they get.

Coordinates are CSS pixels of the remote viewport. Nothing here knows sockets or clocks.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import orjson

from computers.wire.fields import Fields, Malformed

__all__ = ["Malformed"]

PROTOCOL = 1
#: protocol u8, kind u8, view u16, sequence u32, captured at f64 (ms since the epoch), age f32 (ms), width u16, height
#: u16.
HEADER = struct.Struct("<BBHIdfHH")
VIEW_MODULUS = 1 << 16
SEQUENCE_MODULUS = 1 << 32

#: Limits on what a browser may say.
COORDINATE_LIMIT = 100_000.0
WHEEL_LIMIT = 100_000.0
NAME_LIMIT = 40
TEXT_LIMIT = 50_000
KEY_TEXT_LIMIT = 16
REASON_LIMIT = 300
CLICKS_LIMIT = 3
FPS_LIMIT = 120.0


class FrameKind(IntEnum):
    """What the payload of a frame is."""

    JPEG = 1
    H264_KEY = 2
    H264_DELTA = 3


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of one tab, as it came. `captured_at` is in milliseconds since the epoch, `received_at` monotonic
    seconds."""

    payload: bytes
    view: int
    captured_at: float
    received_at: float
    width: int
    height: int
    kind: FrameKind = FrameKind.JPEG


def header(frame: Frame, sequence: int, now: float) -> bytes:
    """The 24 bytes before the payload; `now` is monotonic seconds, as `received_at`."""
    return HEADER.pack(
        PROTOCOL,
        frame.kind,
        frame.view,
        sequence,
        frame.captured_at,
        (now - frame.received_at) * 1000.0,
        frame.width,
        frame.height,
    )


@dataclass(frozen=True, slots=True)
class Watch:
    """Show another tab; "main" follows the main one."""

    tab: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything up to `seq` has been painted."""

    seq: int


@dataclass(frozen=True, slots=True)
class Pointer:
    """One movement, button or wheel. `buttons` is the DOM's mask after the event, `modifiers` Alt 1, Ctrl 2, Meta 4,
    Shift 8."""

    action: str
    x: float
    y: float
    button: str
    buttons: int
    clicks: int
    modifiers: int
    dx: float
    dy: float
    view: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Key:
    """One key going down or up, in the DOM's words; `text` is what it types, if anything."""

    action: str
    key: str
    code: str
    modifiers: int
    text: str
    repeat: bool
    view: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Text:
    """Text that no key typed: an input method's, or a paste."""

    text: str
    view: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Control:
    """Take, release, request, withdraw, grant, deny or force the lease; `to` is the number of the person whom a grant
    or denial names."""

    action: str
    reason: str
    to: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """At most this many frames a second; 0 while nobody looks."""

    max_fps: float


@dataclass(frozen=True, slots=True)
class Ping:
    """Measures the round trip; answered with `pong`."""

    at: float


@dataclass(frozen=True, slots=True)
class Retry:
    """Do not wait for the back-off: try upstream again now."""


@dataclass(frozen=True, slots=True)
class Here:
    """The page answers a `probe`: it is still there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The driver's answer to dialog `number` of the page: OK or Cancel, and what a prompt was told."""

    accept: bool
    text: str
    number: int
    view: int
    epoch: int


Input = Pointer | Key | Text
Message = Watch | Seen | Input | Control | Pace | Ping | Retry | Here | Answer


def parse(text: str) -> Message:
    """One browser message; `Malformed` with a sentence when it is not exactly of this protocol."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed("That is not JSON.") from None
    if not isinstance(data, dict):
        raise Malformed("A message is a JSON object.")
    kind = data.get("type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise Malformed("There is no such type of message.")
    return reader(Fields(data))


def _aim(fields: Fields) -> tuple[int, int]:
    return fields.whole("view", VIEW_MODULUS - 1), fields.whole("epoch", 2**53)


POINTER_ACTIONS = frozenset({"move", "down", "up", "wheel"})
BUTTONS = frozenset({"none", "left", "middle", "right", "back", "forward"})
KEY_ACTIONS = frozenset({"down", "up"})
CONTROL_ACTIONS = frozenset({"take", "release", "request", "withdraw", "grant", "deny", "force"})


def _pointer(fields: Fields) -> Pointer:
    view, epoch = _aim(fields)
    return Pointer(
        action=fields.word("action", POINTER_ACTIONS),
        x=fields.number("x", COORDINATE_LIMIT),
        y=fields.number("y", COORDINATE_LIMIT),
        button=fields.word("button", BUTTONS, default="none"),
        buttons=fields.whole("buttons", 31, default=0),
        clicks=min(fields.whole("clicks", 1000, default=0), CLICKS_LIMIT),
        modifiers=fields.whole("modifiers", 15, default=0),
        dx=fields.number("dx", WHEEL_LIMIT, default=0),
        dy=fields.number("dy", WHEEL_LIMIT, default=0),
        view=view,
        epoch=epoch,
    )


def _key(fields: Fields) -> Key:
    view, epoch = _aim(fields)
    return Key(
        action=fields.word("action", KEY_ACTIONS),
        key=fields.text("key", NAME_LIMIT),
        code=fields.text("code", NAME_LIMIT, default=""),
        modifiers=fields.whole("modifiers", 15, default=0),
        text=fields.text("text", KEY_TEXT_LIMIT, default=""),
        repeat=fields.flag("repeat"),
        view=view,
        epoch=epoch,
    )


def _text(fields: Fields) -> Text:
    view, epoch = _aim(fields)
    return Text(fields.text("text", TEXT_LIMIT), view, epoch)


def _answer(fields: Fields) -> Answer:
    view, epoch = _aim(fields)
    typed = fields.text("text", TEXT_LIMIT, default="")
    return Answer(fields.flag("accept"), typed, fields.whole("number", 2**53), view, epoch)


_READERS: dict[str, Callable[[Fields], Message]] = {
    "watch": lambda fields: Watch(fields.text("tab", 64, default="main")),
    "seen": lambda fields: Seen(fields.whole("seq", SEQUENCE_MODULUS - 1)),
    "pointer": _pointer,
    "key": _key,
    "text": _text,
    "control": lambda fields: Control(
        fields.word("action", CONTROL_ACTIONS),
        fields.text("reason", REASON_LIMIT, default=""),
        fields.whole("to", 2**53, default=0),
    ),
    "pace": lambda fields: Pace(fields.number("max_fps", FPS_LIMIT, low=0.0)),
    "ping": lambda fields: Ping(fields.number("at", 2.0**53, default=0)),
    "retry": lambda _fields: Retry(),
    "here": lambda _fields: Here(),
    "answer": _answer,
}
