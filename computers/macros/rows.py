"""A macro while it is edited: rows of fields as a form holds them, right or wrong.

A kept text goes through the page encrypted and bound to the person, so that what is masked is not in the page at all;
"Show" is what brings it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from cryptography.fernet import InvalidToken

from computers.actions.inputs import TEXT_LIMIT
from computers.actions.refusal import Invalid
from computers.macros.steps import ALIASES, LABEL_LIMIT, MOST_STEPS, TYPES, Step, checked
from dashboard.encryption import decrypt, encrypt

#: Longest value that a field gives back, characters; an address is the longest.
VALUE_LIMIT = 2100
#: Longest id of what has the focus, characters.
FOCUS_LIMIT = 40
#: What a step asks for, unless somebody says otherwise.
ASK_FIRST = "Text"
LOST = "The text that was kept here cannot be read any more. Please enter it again."


@dataclass(frozen=True, slots=True)
class Row:
    """One step in the editor. `mode` is "ask" or "keep"; `text` is what is kept, shown only where `shown`."""

    type: str
    values: Mapping[str, str] = field(default_factory=dict)
    mode: str = "ask"
    text: str = field(default="", repr=False)
    shown: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


def of_steps(steps: Sequence[Step]) -> list[Row]:
    """Rows of steps that are right, or nearly."""
    return [_row(step) for step in steps]


def of_entries(entries: Sequence[tuple[Any, str]]) -> tuple[list[Row], list[str]]:
    """Rows of what the timeline has, each with the text that was kept of it; and the types that no macro has."""
    found: list[Row] = []
    left_out: list[str] = []
    for step, text in entries:
        kind = str(step.get("type", "")) if isinstance(step, dict) else ""
        if ALIASES.get(kind, kind) not in TYPES:
            left_out.append(kind or "?")
        elif kind == "type" and text:
            pieces = [text[at : at + TEXT_LIMIT] for at in range(0, len(text), TEXT_LIMIT)]
            found += [Row("type", mode="keep", text=piece) for piece in pieces]
        else:
            found.append(_row(step))
    return found, left_out


def of_post(data: Mapping[str, Any], user_pk: int) -> list[Row]:
    """What a form said, whatever it was."""
    count = str(data.get("count", ""))
    most = int(count) if count.isascii() and count.isdigit() and len(count) < 5 else 0
    rows = []
    for place in range(min(most, MOST_STEPS)):
        kind = str(data.get(f"step-{place}-type", ""))
        if kind in TYPES:
            rows.append(_posted(data, f"step-{place}-", kind, user_pk))
    return rows


def to_steps(rows: Sequence[Row]) -> tuple[list[Step], list[Row]]:
    """The steps; and the rows, with what is wrong with each beside its field."""
    steps, told = [], []
    for row in rows:
        try:
            steps.append(checked(_step(row)))
        except Invalid as refusal:
            told.append(replace(row, errors={**row.errors, refusal.code: str(refusal)}))
        else:
            told.append(replace(row, errors={}))
    return steps, told


def changed(rows: Sequence[Row], op: str, new_type: str = "click") -> tuple[list[Row], str]:
    """The rows after "add", "remove:3", "up:3", "down:3", "copy:3", "show:3" or "hide:3"; and the id of what has the
    focus then. What cannot be done changes nothing."""
    found = list(rows)
    verb, _, where = op.partition(":")
    if verb.startswith("keep"):
        # Nothing but the fields changed: the focus stays.
        return found, verb.partition("#")[2][:FOCUS_LIMIT]
    if verb == "add":
        if len(found) >= MOST_STEPS or new_type not in TYPES:
            return found, "add-step"
        initial = {each.name: each.initial for each in TYPES[new_type].fields}
        found.append(Row(new_type, initial | ({"ask": ASK_FIRST} if new_type == "type" else {})))
        return found, f"step-{len(found) - 1}"
    place = int(where) if where.isascii() and where.isdigit() and len(where) < 5 else -1
    if not 0 <= place < len(found):
        return found, "add-step"
    if verb == "remove":
        del found[place]
        return found, f"step-{min(place, len(found) - 1)}" if found else "add-step"
    if verb == "copy" and len(found) < MOST_STEPS:
        found.insert(place + 1, found[place])
        return found, f"step-{place + 1}"
    other = place + {"up": -1, "down": 1}.get(verb, 0)
    if verb in {"up", "down"} and 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
        at_end = other in {0, len(found) - 1}
        return found, f"step-{other}" if at_end else f"step-{other}-{verb}"
    if verb in {"show", "hide"}:
        found[place] = replace(found[place], shown=verb == "show")
        return found, f"step-{place}-text" if verb == "show" else f"step-{place}-show"
    return found, f"step-{place}"


def seal(text: str, user_pk: int) -> str:
    """A kept text on its way through the page of one person."""
    return encrypt(orjson.dumps({"macro text": text, "for": user_pk}).decode()) if text else ""


def unseal(token: str, user_pk: int) -> str | None:
    """None for what is not one of this person's."""
    if not token:
        return ""
    try:
        told = orjson.loads(decrypt(token))
    except (InvalidToken, ValueError):
        return None
    whole = isinstance(told, dict) and told.get("for") == user_pk and isinstance(told.get("macro text"), str)
    return told["macro text"] if whole else None


def _row(step: Step) -> Row:
    kind = ALIASES.get(str(step["type"]), str(step["type"]))
    values = {each.name: _said(step.get(each.name, "")) for each in TYPES[kind].fields}
    if kind == "click" and step.get("button"):
        values["button"] = _said(step["button"])
    if kind != "type":
        return Row(kind, values)
    if isinstance(step.get("text"), str) and step["text"]:
        return Row(kind, mode="keep", text=step["text"])
    return Row(kind, {"ask": _said(step.get("ask", ASK_FIRST)), "hide": "1" if step.get("hide") else ""})


def _posted(data: Mapping[str, Any], name: str, kind: str, user_pk: int) -> Row:
    names = [each.name for each in TYPES[kind].fields]
    names += {"click": ["button"], "type": ["ask", "hide"]}.get(kind, [])
    values = {each: str(data.get(name + each, ""))[:VALUE_LIMIT] for each in names}
    if kind != "type":
        return Row(kind, values)
    mode = "keep" if data.get(f"{name}mode") == "keep" else "ask"
    if f"{name}text" in data:
        text = str(data[f"{name}text"]).replace("\r\n", "\n")[: TEXT_LIMIT + 1]
        return Row(kind, values, mode, text, shown=True)
    kept = unseal(str(data.get(f"{name}kept", "")), user_pk)
    errors = {"text": LOST} if kept is None else {}
    return Row(kind, values, mode, kept or "", errors=errors)


def _step(row: Row) -> Step:
    step: Step = {"type": row.type}
    for each in TYPES[row.type].fields:
        said = row.values.get(each.name, "").strip()
        if said or not each.optional:
            step[each.name] = _number(said) if each.numeric else said
    if row.values.get("button"):
        step["button"] = row.values["button"]
    if row.type == "type" and row.mode == "keep":
        step["text"] = row.text
    elif row.type == "type":
        step |= {"ask": row.values.get("ask", ""), "hide": row.values.get("hide") == "1"}
    return step


def _number(said: str) -> Any:
    try:
        return float(said) if len(said) <= LABEL_LIMIT else said
    except ValueError:
        return said


def _said(value: Any) -> str:
    if isinstance(value, list):
        return "+".join("space" if each == " " else str(each) for each in value)[:VALUE_LIMIT]
    if isinstance(value, float) and value == value and abs(value) < 1e9:
        return f"{round(value, 2):g}" if abs(value) < 1e5 else str(int(value))
    return "" if value is None else str(value)[:VALUE_LIMIT]
