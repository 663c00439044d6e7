"""What a task request may ask for (contract §3.6), checked. Every field is honoured or refused, none is guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..actions.navigate import LONGEST_URL, SCHEMES
from ..bodies import flag, number, text
from ..problems import bad_request
from ..sessions.spec import SIDE_PIXELS

DEFAULT_STEPS = 100
MOST_STEPS = 1000
DEFAULT_SECONDS = 3600
LONGEST_SECONDS = 24 * 3600
LONGEST_INSTRUCTION = 50_000
LONGEST_NAME = 256
"""Of a key, a model, a label."""

MOST_TURNS = 200
MOST_METADATA = 64
LONGEST_METADATA = 2000
HOTTEST = 2.0
ENVIRONMENTS_ONLY = "Desktop computers come later: this server has browser computers only."


@dataclass(frozen=True, slots=True)
class TaskSpec:
    instruction: str
    computer_id: str | None = None
    environment_id: str | None = None
    missing: str = "restore"
    """What is done if `computer_id` is not running: fail, restore or create_new."""

    persistent: bool = False
    keep_alive: bool = False
    start_url: str | None = None
    model: str | None = None
    max_steps: int = DEFAULT_STEPS
    max_seconds: int = DEFAULT_SECONDS
    temperature: float | None = None
    system_prompt: str = ""
    context: tuple[tuple[str, str], ...] = ()
    """Earlier turns, oldest first: who spoke (user or assistant), and what."""

    pictures_inline: bool = False
    concise: bool = False
    deltas: bool = False
    width: int | None = None
    height: int | None = None
    key: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    every_event: bool = False
    """Also the documented types that upstream was never seen to send (`failed`, `cancelled`)."""


def read_task(body: dict[str, Any]) -> TaskSpec:
    instruction = _text(body, "instruction", LONGEST_INSTRUCTION)
    if not instruction or not instruction.strip():
        raise bad_request("instruction is required: what should the agent do?")
    if _choice(body, "kind", ("browser", "desktop"), "browser") == "desktop":
        raise bad_request(ENVIRONMENTS_ONLY)
    _of_no_effect(body)
    computer_id, environment_id = _which(body)
    return TaskSpec(
        instruction=instruction,
        computer_id=computer_id,
        environment_id=environment_id,
        missing=_choice(body, "on_missing_computer", ("fail", "restore", "create_new"), "restore"),
        persistent=bool(_agreed(body, "persistent", "save_session", opposite=False)),
        keep_alive=bool(_agreed(body, "keep_alive", "terminate_on_completion", opposite=True)),
        start_url=_url(body),
        model=_text(body, "model", LONGEST_NAME) or None,
        max_steps=_whole(body, "max_steps", DEFAULT_STEPS, MOST_STEPS),
        max_seconds=_whole(body, "max_duration_seconds", DEFAULT_SECONDS, LONGEST_SECONDS),
        temperature=_temperature(body),
        system_prompt=_text(body, "system_prompt", LONGEST_INSTRUCTION) or "",
        context=_context(body.get("context")),
        pictures_inline=_choice(body, "screenshot_mode", ("url", "base64"), "url") == "base64",
        concise=_choice(body, "stream_mode", ("verbose", "concise"), "verbose") == "concise",
        deltas=flag(body, "stream_deltas"),
        width=_side(body, "viewport_width"),
        height=_side(body, "viewport_height"),
        key=_text(body, "idempotency_key", LONGEST_NAME) or None,
        metadata=_metadata(body.get("metadata")),
        every_event=_choice(body, "event_types", ("observed", "all"), "observed") == "all",
    )


def _of_no_effect(body: dict[str, Any]) -> None:
    """Accepted and of no effect here; upstream's own servers ignore two of them as well."""
    _choice(body, "harness_version", ("v1", "v2"), "v1")
    for name in ("thread_id", "agent_icon", "agent_type"):
        _text(body, name, LONGEST_METADATA)


def _which(body: dict[str, Any]) -> tuple[str | None, str | None]:
    computer_id = _text(body, "computer_id", LONGEST_NAME) or None
    environment_id = _text(body, "environment_id", LONGEST_NAME) or None
    if computer_id and environment_id and computer_id != environment_id:
        raise bad_request("computer_id and environment_id name different computers: give one of them.")
    return computer_id, None if computer_id else environment_id


def _text(body: dict[str, Any], name: str, longest: int) -> str | None:
    if body.get(name) is None:
        return None
    value = text(body, name)
    if len(value) > longest:
        raise bad_request(f"{name} may have {longest} characters.")
    return value


def _choice(body: dict[str, Any], name: str, choices: tuple[str, ...], default: str) -> str:
    value = body.get(name)
    if value is None or value == "":
        return default
    if value not in choices:
        raise bad_request(f"{name} must be {', '.join(choices[:-1])} or {choices[-1]}.")
    return str(value)


def _agreed(body: dict[str, Any], name: str, alias: str, *, opposite: bool) -> bool | None:
    """One wish that has two names. Both may be said if they say the same."""
    said = {flag(body, name)} if body.get(name) is not None else set()
    if body.get(alias) is not None:
        said.add(flag(body, alias) != opposite)
    if len(said) > 1:
        raise bad_request(f"{name} and {alias} contradict each other.")
    return said.pop() if said else None


def _url(body: dict[str, Any]) -> str | None:
    url = (_text(body, "start_url", LONGEST_URL) or "").strip()
    if url and not url.lower().startswith(SCHEMES):
        raise bad_request("start_url must begin with http: or https:.")
    return url or None


def _whole(body: dict[str, Any], name: str, default: int, most: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise bad_request(f"{name} must be a whole number from 1 to {most}.")
    return value


def _side(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value not in SIDE_PIXELS:
        raise bad_request(f"{name} must be from {SIDE_PIXELS[0]} to {SIDE_PIXELS[-1]} pixels.")
    return value


def _temperature(body: dict[str, Any]) -> float | None:
    if body.get("temperature") is None:
        return None
    value = number(body, "temperature")
    if not 0 <= value <= HOTTEST:
        raise bad_request(f"temperature must be from 0 to {HOTTEST}.")
    return value


def _context(value: object) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(turn, dict) for turn in value):
        raise bad_request("context must be a list of turns with role and content.")
    if len(value) > MOST_TURNS:
        raise bad_request(f"context may have {MOST_TURNS} turns.")
    return tuple((_role(turn), _content(turn)) for turn in value)


def _role(turn: dict[str, Any]) -> str:
    if turn.get("role") not in ("user", "assistant"):
        raise bad_request("The role of a turn must be user or assistant.")
    return str(turn["role"])


def _content(turn: dict[str, Any]) -> str:
    content = text(turn, "content")
    if len(content) > LONGEST_INSTRUCTION:
        raise bad_request(f"The content of a turn may have {LONGEST_INSTRUCTION} characters.")
    return content


def _metadata(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise bad_request("metadata must be an object of strings.")
    if len(value) > MOST_METADATA or any(
        len(name) > LONGEST_NAME or len(each) > LONGEST_METADATA for name, each in value.items()
    ):
        raise bad_request(
            f"metadata may have {MOST_METADATA} names of {LONGEST_NAME} characters "
            f"and values of {LONGEST_METADATA}."
        )
    return value
