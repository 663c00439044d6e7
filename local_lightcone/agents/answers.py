"""A model's answer (contract §3.7), read liberally. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

MOST_CALLS = 50
"""In one answer; what is beyond is not done."""

LONGEST_TEXT = 20_000
CALLS = ("computer_call", "function_call")
ASK = "ask_person"
DONE = "done"

TOLD = ("result", "text", "message", "answer")
BAD = ("failure", "failed", "fail", "error")

Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class End:
    """The model says that it has finished, or that it cannot."""

    text: str
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Used:
    """Tokens, as the model's server counts them; 0 where it does not."""

    input: int = 0
    output: int = 0

    def __add__(self, other: "Used") -> "Used":
        return Used(self.input + other.input, self.output + other.output)

    def as_json(self) -> dict[str, int]:
        total = self.input + self.output
        return {"input_tokens": self.input, "output_tokens": self.output, "total_tokens": total}


@dataclass(frozen=True, slots=True)
class Answer:
    items: tuple[Item, ...]
    """All of it in order, to be handed back with the next question."""

    text: str
    used: "Used" = field(default_factory=lambda: Used())

    @property
    def calls(self) -> list[Item]:
        return [item for item in self.items if is_call(item)]

    @property
    def only_ends(self) -> bool:
        """It does nothing any more but to end the task."""
        return all(_ends(call) for call in self.calls)


def read_answer(body: Mapping[str, Any]) -> Answer:
    output = body.get("output")
    items = [item for item in output if isinstance(item, dict)] if isinstance(output, list) else []
    text = "\n".join(part for item in items for part in _texts(item))
    return Answer(tuple(_bounded(items)), text[:LONGEST_TEXT], read_used(body))


def read_used(body: Mapping[str, Any]) -> Used:
    usage = body.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Used(*(_count(counts.get(name)) for name in ("input_tokens", "output_tokens")))


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40 else 0


def actions_of(call: Item) -> list[Item]:
    """One, as upstream's models give it, or a list, as later ones of others do."""
    many = call.get("actions")
    found = many if isinstance(many, list) else [call.get("action")]
    return [action for action in found if isinstance(action, dict)][:MOST_CALLS]


def arguments_of(call: Item) -> Mapping[str, Any]:
    """Of a function's call: JSON in a string, as far as it is any."""
    try:
        found = orjson.loads(call.get("arguments") or "{}")
    except (orjson.JSONDecodeError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def is_call(item: Item) -> bool:
    return item.get("type") in CALLS


def end_of(action: Mapping[str, Any]) -> End | None:
    kind = action.get("type")
    if kind not in ("answer", DONE, "terminate"):
        return None
    told = str(next((action[name] for name in TOLD if action.get(name)), ""))[:LONGEST_TEXT]
    bad = str(action.get("status", "")).lower() in BAD
    return End(told, succeeded=not bad)


def _ends(call: Item) -> bool:
    if call["type"] == "function_call":
        return call.get("name") == DONE
    return all(end_of(action) for action in actions_of(call))


def _bounded(items: list[Item]) -> Iterator[Item]:
    calls = 0
    for item in items:
        calls += is_call(item)
        if calls <= MOST_CALLS:
            yield item


def _texts(item: Item) -> Iterator[str]:
    if item.get("type") not in ("message", "reasoning"):
        return
    for name in ("content", "summary"):
        parts = item.get(name)
        for part in parts if isinstance(parts, list) else []:
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield part["text"]
