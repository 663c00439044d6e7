"""A macro's steps: ComputerActions (contract §2.5) that may be repeated on another computer.

Pixels are CSS pixels of the page, whatever the scale of the computer that it was recorded on or runs on. One of type
"type" either keeps its text, or asks for it when it runs: `ask` is then what it is called, and `hide` says
that it is typed as a password is. Nothing here reads or writes rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from computers.actions import inputs
from computers.actions.addresses import for_log, normalise
from computers.actions.refusal import Invalid, Refused

Step = dict[str, Any]

#: Most steps of one macro, and the longest JSON of all of them together, bytes.
MOST_STEPS = 100
JSON_LIMIT = 256 * 1024
#: Longest wait within one step, milliseconds.
WAIT_LIMIT = 60_000
#: Longest name of what is asked for, characters.
LABEL_LIMIT = 80


class Unreadable(Exception):
    """What is stored is no list of steps, or was encrypted with a key that is gone."""


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a step: its name, its label, how it is checked, and whether it may be empty."""

    name: str
    label: str
    check: Callable[[Any, str, str], Any]
    optional: bool = False
    numeric: bool = False
    initial: str = ""


@dataclass(frozen=True, slots=True)
class Type:
    """A type of step: what people call it, and its values."""

    name: str
    word: str
    fields: tuple[Field, ...] = ()


def _place(value: Any, field: str, label: str) -> float:
    return _neat(inputs.coordinate(value, field, label))


def _way(value: Any, field: str, label: str) -> float:
    return _neat(inputs.number(value, field, label))


def _milliseconds(value: Any, field: str, label: str) -> int:
    return int(inputs.number(value, field, label, WAIT_LIMIT, 0))


def _keys(value: Any, field: str, _label: str) -> list[str]:
    return inputs.keys(value, field)


def _key(value: Any, field: str, _label: str) -> str:
    return inputs.key(value, field)


def _address(value: Any, field: str, _label: str) -> str:
    if not isinstance(value, str):
        raise Invalid("An address is a text.", field)
    try:
        return normalise(value)
    except Refused as refusal:
        raise Invalid(str(refusal), field) from None


def _spot(name: str, label: str, *, optional: bool = False) -> Field:
    return Field(name, label, _place, optional, numeric=True)


_POINT = (_spot("x", "x"), _spot("y", "y"))

#: In the order in which they are offered.
TYPES = {
    each.name: each
    for each in (
        Type("click", "Click", _POINT),
        Type("double_click", "Double-click", _POINT),
        Type("right_click", "Right-click", _POINT),
        Type("drag", "Drag", (_spot("x1", "From x"), _spot("y1", "From y"), _spot("x2", "To x"), _spot("y2", "To y"))),
        Type("scroll", "Scroll", (
            Field("dx", "To the right", _way, numeric=True, initial="0"),
            Field("dy", "Down", _way, numeric=True, initial="300"),
            _spot("x", "x", optional=True), _spot("y", "y", optional=True),
        )),
        Type("type", "Type"),
        Type("keypress", "Press keys", (Field("keys", "Keys", _keys),)),
        Type("wait", "Wait", (Field("ms", "Milliseconds", _milliseconds, numeric=True, initial="1000"),)),
        Type("go_to_url", "Open an address", (Field("url", "Address", _address),)),
        Type("new_tab", "New tab", (Field("url", "Address", _address, optional=True),)),
        Type("screenshot", "Screenshot"),
        Type("key_down", "Key down", (Field("key", "Key", _key),)),
        Type("key_up", "Key up", (Field("key", "Key", _key),)),
        Type("mouse_down", "Mouse down", _POINT),
        Type("mouse_up", "Mouse up", _POINT),
    )
}  # fmt: skip

#: What upstream calls otherwise.
ALIASES = {"navigate": "go_to_url"}
BUTTONS = ("left", "middle", "right")


@dataclass(frozen=True, slots=True)
class Asked:
    """A text that a run asks for: of which step, what it is called, and whether it is hidden while it is typed."""

    place: int
    label: str
    hide: bool


def checked(step: Any) -> Step:
    """The step with everything it may hold, and nothing else; `Invalid`, with the field's name, for what is wrong."""
    if not isinstance(step, dict):
        raise Invalid("A step is a JSON object.", "type")
    kind = step.get("type")
    type_ = TYPES.get(ALIASES.get(kind, kind)) if isinstance(kind, str) else None
    if type_ is None:
        raise Invalid("There is no such type of step.", "type")
    found: Step = {"type": type_.name}
    for field in type_.fields:
        value = step.get(field.name)
        if field.optional and value in (None, ""):
            continue
        found[field.name] = field.check(value, field.name, field.label)
    if type_.name == "click" and step.get("button", "left") != "left":
        if step["button"] not in BUTTONS:
            raise Invalid("A button is left, middle or right.", "x")
        found["button"] = step["button"]
    if type_.name == "scroll" and ("x" in found) != ("y" in found):
        raise Invalid("Give both x and y, or neither.", "x")
    return found | (_typing(step) if type_.name == "type" else {})


def checked_list(steps: Any) -> list[Step]:
    """A macro's steps, each checked; a refusal says which one it is about."""
    if not isinstance(steps, list):
        raise Invalid("A macro is a list of steps.", "steps")
    if not steps:
        raise Invalid("A macro needs at least one step.", "steps")
    if len(steps) > MOST_STEPS:
        raise Invalid(f"A macro has at most {MOST_STEPS} steps; this one has {len(steps)}.", "steps")
    found = []
    for place, step in enumerate(steps, 1):
        try:
            found.append(checked(step))
        except Invalid as refusal:
            raise Invalid(f"Step {place}: {refusal}", "steps") from None
    return found


def dumped(steps: Sequence[Step]) -> str:
    """As they are stored."""
    text = orjson.dumps(checked_list(list(steps))).decode()
    if len(text.encode()) > JSON_LIMIT:
        raise Invalid(f"That is too much: at most {JSON_LIMIT // 1024} kB in all of its steps.", "steps")
    return text


def parsed(text: str) -> list[Step]:
    """What was stored; `Unreadable` for anything else."""
    if len(text.encode("utf-8", "replace")) > JSON_LIMIT:
        raise Unreadable
    try:
        return checked_list(orjson.loads(text))
    except (ValueError, Invalid):
        raise Unreadable from None


def asked(steps: Sequence[Step]) -> list[Asked]:
    """What a run asks for, in order."""
    return [
        Asked(place, step["ask"], bool(step.get("hide"))) for place, step in enumerate(steps) if "ask" in step
    ]


def filled(steps: Sequence[Step], texts: dict[int, Any]) -> list[Step]:
    """The steps as upstream takes them; `texts` are what was asked for, by the step's place."""
    found = []
    for place, step in enumerate(steps):
        action = {key: value for key, value in step.items() if key not in {"ask", "hide"}}
        if "ask" in step:
            action["text"] = inputs.text(texts.get(place), f"text-{place}", step["ask"])
        found.append(action)
    return found


def described(step: Step) -> str:
    """For people, without any text: "Click (412, 300)", "Type 12 characters"."""
    kind, word = step["type"], TYPES[step["type"]].word
    if kind == "type":
        if "ask" in step:
            return f"{word} what is asked for: {step['ask']}"
        count = len(step["text"])
        return f"{word} {count} character{'' if count == 1 else 's'}"
    if kind == "drag":
        return f"{word} ({step['x1']:g}, {step['y1']:g}) → ({step['x2']:g}, {step['y2']:g})"
    if kind == "scroll":
        return f"{word} down {step['dy']:g}, to the right {step['dx']:g}"
    if kind == "keypress":
        return f"{word}: {'+'.join(step['keys'])}"
    if kind == "wait":
        return f"{word} {step['ms']} ms"
    told = (
        for_log(step.get("url", ""))
        or step.get("key")
        or (f"({step['x']:g}, {step['y']:g})" if "x" in step else "")
    )
    return f"{word} {told}".strip()


def _typing(step: Step) -> Step:
    if "ask" not in step:
        return {"text": inputs.text(step.get("text"))}
    label = step["ask"].strip() if isinstance(step["ask"], str) else ""
    if not label:
        raise Invalid("Please say what is asked for.", "ask")
    if len(label) > LABEL_LIMIT or not label.isprintable():
        raise Invalid(f"What is asked for has at most {LABEL_LIMIT} characters, all of them visible.", "ask")
    return {"ask": label, "hide": True} if step.get("hide") is True else {"ask": label}


def _neat(value: float) -> float:
    """12.0 is 12: for the editor's fields."""
    return int(value) if value == int(value) else value
