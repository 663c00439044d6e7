"""What was said and done so far, in order: the same whether it came as a full history or piece by piece."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .refusals import refused

MOST_ITEMS = 5_000
MOST_EVENTS = 20_000
LONGEST_TEXT = 100_000
MOST_TOLD = 400_000
"""Characters that the person said, in all of a conversation."""

DONE_TOOL = "done"
ASK_TOOL = "ask_person"
"""Function tools that the built-in model uses where a request declares them."""

PICTURES = ("input_image", "computer_screenshot", "image_url")
"""The SDK names a call's output `computer_screenshot`; every example sends `input_image` (contract §3.7)."""

Identify = Callable[[str], str | None]
"""The name of a picture (its SHA-256) that is given by address or as a data URL; None if it cannot be had."""


@dataclass(frozen=True, slots=True)
class Told:
    """Words of the person."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the computer. `picture` is None if it is none of ours."""

    picture: str | None
    failed: bool = False
    """Whether it came with word that the action before it could not be done."""


@dataclass(frozen=True, slots=True)
class Acted:
    """An action the model asked for."""

    kind: str
    call_id: str


@dataclass(frozen=True, slots=True)
class Called:
    """A function tool the model called."""

    name: str
    call_id: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """Words of the model."""

    text: str


Event = Told | Shown | Acted | Called | Spoke


def read_input(
    given: object, identify: Identify, *, before: tuple[Event, ...] = (), with_computer: bool
) -> tuple[Event, ...]:
    """The conversation with a request's `input` (a string or a list of items) at its end.

    Item types that nobody here knows are passed over.
    """
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    if not isinstance(given, list) or not given:
        raise refused("input must be a string or a list of items.")
    if len(given) > MOST_ITEMS:
        raise refused(f"input may have {MOST_ITEMS} items.")
    events = list(before)
    questions = _questions(before)
    for item in given:
        if not isinstance(item, dict):
            raise refused("An input item must be an object.")
        if item.get("role") == "system" and with_computer:
            raise refused("System message must be at the beginning.")
        new = list(_events(item, questions))
        questions |= _questions(new)
        events += new
    if len(events) > MOST_EVENTS:
        raise refused(f"A conversation may have {MOST_EVENTS} parts.")
    if sum(len(event.text) for event in events if isinstance(event, Told)) > MOST_TOLD:
        raise refused(f"A conversation may hold {MOST_TOLD} characters of instructions.")
    return tuple(_identified(events, len(before), identify))


def _identified(events: list[Event], new: int, identify: Identify) -> Iterator[Event]:
    """Only the newest picture counts, so only that one is looked up."""
    shown = [number for number, event in enumerate(events) if isinstance(event, Shown) and number >= new]
    for number, event in enumerate(events):
        if number >= new and isinstance(event, Shown):
            known = identify(event.picture) if event.picture and number == shown[-1] else None
            yield Shown(known, event.failed)
        else:
            yield event


def _events(item: dict[str, Any], questions: set[str]) -> Iterator[Event]:
    kind = item.get("type", "message")
    if kind == "message":
        yield from _message(item)
    elif kind == "computer_call":
        action = item.get("action")
        name = action.get("type") if isinstance(action, dict) else None
        yield Acted(str(name or ""), str(item.get("call_id", "")))
    elif kind == "computer_call_output":
        yield from _pictures(item.get("output"), failed=item.get("status") in ("incomplete", "failed"))
    elif kind == "function_call":
        yield Called(str(item.get("name", "")), str(item.get("call_id", "")))
    elif kind == "function_call_output" and str(item.get("call_id")) in questions:
        answer = item.get("output")
        if isinstance(answer, str) and answer.strip():
            yield Told(_text(answer))


def _message(item: dict[str, Any]) -> Iterator[Event]:
    content, role = item.get("content"), item.get("role")
    parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list):
        raise refused("content must be a string or a list of parts.")
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    text = _text("\n".join(texts))
    if role == "assistant":
        yield Spoke(text)
    elif role == "user":
        if text.strip():
            yield Told(text)
        for part in parts:
            yield from _pictures(part)


def _pictures(part: object, *, failed: bool = False) -> Iterator[Shown]:
    if not isinstance(part, dict) or part.get("type") not in PICTURES:
        return
    address = part.get("image_url")
    if isinstance(address, dict):  # as chat completions write it
        address = address.get("url")
    yield Shown(address if isinstance(address, str) else None, failed)


def _questions(events: Iterable[Event]) -> set[str]:
    """The calls by which a person was asked."""
    return {event.call_id for event in events if isinstance(event, Called) and event.name == ASK_TOOL}


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise refused(f"A text may have {LONGEST_TEXT} characters.")
    return text
