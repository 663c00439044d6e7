"""Agent tasks: what starts one, what the service answers, and the events of its stream. Source: contract §3.6, §4.

Liberal: every word is kept as it came, an unknown event keeps its JSON, and nothing here fails on what a model wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from computers.wire.models import Usage

#: Fields that start a task, and nothing else does (contract §3.6).
START_FIELDS = frozenset(
    {
        *("instruction", "kind", "start_url", "computer_id", "environment_id", "on_missing_computer"),
        *("persistent", "save_session", "terminate_on_completion", "keep_alive", "model", "harness_version"),
        *("max_steps", "max_duration_seconds", "temperature", "system_prompt", "context", "screenshot_mode"),
        *("stream_mode", "stream_deltas", "viewport_width", "viewport_height", "idempotency_key", "metadata"),
        *("thread_id", "agent_icon", "agent_type"),
    }
)
#: Longest text of one event that is kept, characters; and its JSON, where it is not known what it says.
TEXT_LIMIT, RAW_LIMIT = 100_000, 16_384
#: Instead of what is nested deeper than JSON is written (orjson: 254 levels).
TOO_DEEP = "(nested too deep to be kept)"
#: Longest reason of a failed action that is kept, characters.
TROUBLE_LIMIT = 300
#: Longest word, id and address that are kept, characters.
WORD_LIMIT, ID_LIMIT, LINK_LIMIT = 64, 128, 4096

#: What a status word means here; any other is shown as it is and changes nothing.
STATES = {
    "running": "running",
    "paused": "paused",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
TERMINAL = frozenset({"completed", "failed", "cancelled"})
#: The events after which nothing comes. `error` is not among them: some runs go on after one.
ENDINGS = {"completed": "completed", "failed": "failed", "cancelled": "cancelled", "config_error": "failed"}
#: The events that ask for a person.
ASKING = frozenset({"login_required", "computer_parked"})
#: The states of a `progress_update` that do.
ASKING_STATES = frozenset({"needs_human", "login_required"})

#: Where each kind of event says what it says, in the order of looking.
_SAID = {
    "thinking": ("content", "text"),
    "progress_update": ("content", "text", "delta", "message", "state"),
    "executed": ("description", "action"),
    "error": ("error", "error_message", "message"),
    "completed": ("result", "message"),
    "failed": ("error", "message", "error_code"),
    "config_error": ("error", "message", "error_code"),
    "cancelled": ("reason", "message"),
    "login_required": ("message", "reason", "url"),
    "computer_parked": ("message", "reason"),
}
#: Events whose meaning is known: what else they carry is not shown beside it.
KNOWN = frozenset({*_SAID, "started", "screenshot"})
_UNKEPT = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One event. `id` is upstream's own, empty where it gave none; `kind` its type, raw.

    `image` is an address or a data URL. `data` is the event's JSON where `kind` is not known or its shape is odd;
    `cut` says how many characters were left out.
    """

    id: str
    kind: str
    text: str = ""
    image: str = ""
    computer_id: str = ""
    model: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    cut: int = 0
    #: A progress update's own word, and why an action failed, as far as the service says so.
    progress: str = ""
    trouble: str = ""
    #: What the whole task used, where its end says so: tokens, money.
    used: str = ""

    @property
    def ending(self) -> str:
        """The state a task is in after it; empty when it goes on."""
        return ENDINGS.get(self.kind, "")

    @property
    def asks(self) -> bool:
        """Whether the agent waits for a person."""
        return self.kind in ASKING or self.progress in ASKING_STATES

    @classmethod
    def read(cls, id: str, data: str, dropped: int = 0) -> TaskEvent | None:
        """Any frame's data; None for one that says nothing. A frame that is no JSON object is kept as text."""
        id = _word(id, ID_LIMIT)
        if not data.strip():
            return None
        try:
            told = orjson.loads(data)
        except orjson.JSONDecodeError:
            kept, cut = _kept(data)
            return cls(id, "unreadable", kept, cut=cut + dropped)
        if not isinstance(told, dict):
            kept, cut = _kept(told if isinstance(told, str) else _json(told))
            return cls(id, "text", kept, cut=cut + dropped)
        kind = _word(told.get("type"), WORD_LIMIT) or "untyped"
        text, cut = _kept(_said(kind, told))
        image = told.get("image") or told.get("screenshot_url") if kind == "screenshot" else ""
        image = image if isinstance(image, str) and _fits(image) else ""
        known = kind in KNOWN and (bool(text or image) or kind == "started")
        return cls(
            id,
            kind,
            text,
            image,
            _word(told.get("computer_id"), ID_LIMIT),
            _word(told.get("model"), ID_LIMIT),
            {} if known else _raw(told),
            cut + dropped,
            _word(told.get("state"), WORD_LIMIT) if kind == "progress_update" else "",
            _kept(_said("error", told))[0][:TROUBLE_LIMIT] if kind == "executed" else "",
            _used(told) if kind in ENDINGS or kind == "error" else "",
        )


@dataclass(frozen=True, slots=True)
class TaskStarted:
    """The answer to a start. `reused` is None where the service does not say."""

    task_id: str
    status: str
    reused: bool | None

    @classmethod
    def read(cls, data: Any) -> TaskStarted:
        """`ValueError` without a task's id: nothing can be done with such a task."""
        id = data.get("task_id") or data.get("id") if isinstance(data, dict) else None
        if not isinstance(id, str) or not id or len(id) > ID_LIMIT:
            raise ValueError("A task without an id.")
        reused = data.get("reused")
        return cls(id, _word(data.get("status"), WORD_LIMIT), reused if isinstance(reused, bool) else None)


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """How a task stands. `word` is upstream's, raw; `state` ours, empty for a word that is not known."""

    word: str
    exit_code: int | None = None
    #: Where it works, if the service says so; the real one does not.
    computer_id: str = ""

    @property
    def state(self) -> str:
        """What the word means."""
        return STATES.get(self.word.lower(), "")

    @property
    def is_over(self) -> bool:
        """Whether nothing comes after it."""
        return self.state in TERMINAL

    @classmethod
    def read(cls, data: Any) -> TaskStatus:
        """`ValueError` for what says no status at all."""
        word = _word(data.get("status"), WORD_LIMIT) if isinstance(data, dict) else ""
        if not word:
            raise ValueError("A task without a status.")
        code = data.get("exit_code")
        sane = isinstance(code, int) and not isinstance(code, bool) and abs(code) < 2**31
        return cls(word, code if sane else None, _word(data.get("computer_id"), ID_LIMIT))


def read_answer(data: Any) -> str:
    """What pause, resume or a message is answered: a word whose values are unpublished, perhaps none."""
    return _word(data.get("status"), WORD_LIMIT) if isinstance(data, dict) else ""


def start_body(wish: dict[str, Any], key: str) -> dict[str, Any]:
    """The body that starts a task; `ValueError` for a field the contract does not have."""
    unknown = wish.keys() - START_FIELDS
    if unknown:
        raise ValueError(f"Not a field of a task: {', '.join(sorted(unknown))}.")
    return {**{name: value for name, value in wish.items() if value is not None}, "idempotency_key": key}


def _used(told: dict[str, Any]) -> str:
    """No price is in the contract; a service that names one is believed, as it writes it."""
    prices = (told.get(name) for name in ("cost", "cost_usd", "total_cost", "total_cost_usd"))
    priced = (each for each in prices if isinstance(each, str | int | float) and not isinstance(each, bool))
    price = _word(str(next(priced, "")), WORD_LIMIT)
    dollars = "$" if price and any(name in told for name in ("cost_usd", "total_cost_usd")) else ""
    usage = Usage.read(told.get("usage"))
    parts = [str(usage) if usage else "", f"cost {dollars}{price}" if price else ""]
    return _word(", ".join(filter(None, parts)), ID_LIMIT)


def _said(kind: str, told: dict[str, Any]) -> str:
    for name in _SAID.get(kind, ()):
        value = told.get(name)
        if isinstance(value, str) and value.strip():
            return value
        if isinstance(value, dict | list) and value:
            return _json(value)
    return ""


def _fits(image: str) -> bool:
    return image.startswith("data:") or len(image) <= LINK_LIMIT


def _kept(text: str) -> tuple[str, int]:
    text = _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", text)
    return text[:TEXT_LIMIT], max(0, len(text) - TEXT_LIMIT)


def _json(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return TOO_DEEP


def _raw(told: dict[str, Any]) -> dict[str, Any]:
    """The event as it came, if it is small; else its beginning, as text."""
    text = _UNKEPT.sub("\N{REPLACEMENT CHARACTER}", _json(told))
    if len(text) <= RAW_LIMIT and "\\u0000" not in text and text != TOO_DEEP:
        return told
    return {"beginning": text[:RAW_LIMIT].replace("\\u0000", ""), "characters": len(text)}


def _word(value: Any, limit: int) -> str:
    return _UNKEPT.sub("", value).strip()[:limit] if isinstance(value, str) else ""
