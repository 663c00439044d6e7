"""What a person asks of a model, checked before it leaves, and the body it becomes (contract §3.7, §3.8)."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass, field
from typing import Any

import orjson

from computers.actions.refusal import Invalid
from computers.wire import images
from computers.wire.models import NAME_LIMIT
from computers.wire.results import media_type

#: Turns of one chat, characters of one of them, and of all together.
TURNS_LIMIT, TEXT_LIMIT, CHAT_LIMIT = 200, 100_000, 400_000
#: Longest instruction that comes with a picture, and longest system prompt, characters.
INSTRUCTION_LIMIT, PROMPT_LIMIT = 20_000, 20_000
#: Largest picture, bytes, and its longest side, pixels.
PICTURE_LIMIT, SIDE_LIMIT = 5 * 1024 * 1024, 16_384
#: Calls that one question answers.
CALLS_LIMIT = 50
#: Longest JSON that a page may send of either, bytes.
JSON_LIMIT = 2 * 1024 * 1024
TOKENS_LIMIT = 10_000_000

ROLES = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is to answer; None and "" leave the choice to it."""

    model: str
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None

    def check(self) -> None:
        """`Invalid` names the field of what cannot be right."""
        if not self.model or len(self.model) > NAME_LIMIT or not self.model.isprintable():
            raise Invalid("Please choose a model.", "model")
        if len(self.system) > PROMPT_LIMIT:
            raise Invalid(f"A system prompt has at most {PROMPT_LIMIT} characters.", "system")
        warmth = self.temperature
        if warmth is not None and not (math.isfinite(warmth) and 0 <= warmth <= 10):
            raise Invalid("A temperature is between 0 and 10.", "temperature")
        if self.max_tokens is not None and not 0 < self.max_tokens <= TOKENS_LIMIT:
            raise Invalid(f"Tokens: between 1 and {TOKENS_LIMIT}.", "max_tokens")


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation so far; the last word is the person's."""

    manner: Manner
    turns: list[dict[str, str]]

    def body(self) -> dict[str, Any]:
        """Of `POST /v1/chat/completions`."""
        first = [{"role": "system", "content": self.manner.system}] if self.manner.system else []
        told = {"temperature": self.manner.temperature, "max_tokens": self.manner.max_tokens}
        wanted = {name: value for name, value in told.items() if value is not None}
        return {"model": self.manner.model, "messages": [*first, *self.turns], **wanted}


@dataclass(frozen=True, slots=True)
class Picture:
    """A screenshot, and how large it is."""

    content: bytes = field(repr=False)
    width: int
    height: int

    @classmethod
    def read(cls, content: bytes, name: str = "picture") -> Picture:
        """What its first bytes say it is; `Invalid` for anything but a JPEG or PNG of bearable size."""
        if len(content) > PICTURE_LIMIT:
            raise Invalid(f"A picture has at most {PICTURE_LIMIT // 1024**2} MB.", name)
        size = images.size(content)
        if size is None:
            raise Invalid("That is no JPEG and no PNG picture.", name)
        if max(size) > SIDE_LIMIT:
            raise Invalid(f"A picture's sides have at most {SIDE_LIMIT} pixels.", name)
        return cls(content, *size)

    @property
    def data_url(self) -> str:
        """The picture itself as an address, for the model and for the page."""
        return f"data:{media_type(self.content)};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True, slots=True)
class Answered:
    """A call of the answer that is continued. `done`: whether what it wanted was carried out."""

    id: str
    done: bool
    checks: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Showing:
    """A picture with an instruction, or what a computer shows after what was proposed."""

    manner: Manner
    picture: Picture
    instruction: str = ""
    #: The answer that this continues, and its calls.
    previous: str = ""
    calls: tuple[Answered, ...] = ()

    def check(self) -> None:
        """`Invalid` names the field of what cannot be right."""
        self.manner.check()
        if len(self.instruction) > INSTRUCTION_LIMIT:
            raise Invalid(f"An instruction has at most {INSTRUCTION_LIMIT} characters.", "instruction")
        if not self.previous and not self.instruction.strip():
            raise Invalid("Please say what is to be done.", "instruction")

    def body(self, address: str = "") -> dict[str, Any]:
        """Of `POST /v1/responses`; `address` stands for the picture where it is only shown."""
        image = {"type": "input_image", "image_url": address or self.picture.data_url, "detail": "auto"}
        tool = {
            "type": "computer_use",
            "display_width": self.picture.width,
            "display_height": self.picture.height,
            "environment": "browser",
        }
        told = {
            "instructions": self.manner.system or None,
            "previous_response_id": self.previous or None,
            "temperature": self.manner.temperature,
            "max_output_tokens": self.manner.max_tokens,
        }
        wanted = {name: value for name, value in told.items() if value is not None}
        return {"model": self.manner.model, **wanted, "input": self._input(image), "tools": [tool]}

    def _input(self, image: dict[str, Any]) -> list[dict[str, Any]]:
        items = [_output(call, image) for call in self.calls]
        parts = [{"type": "input_text", "text": self.instruction}] if self.instruction.strip() else []
        # The picture is shown once: as what the calls led to, else with the words.
        parts += [image] if not items else []
        return [*items, {"role": "user", "content": parts}] if parts else items


def _output(call: Answered, image: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = {"type": "computer_call_output", "call_id": call.id, "output": image}
    if call.checks:
        item["acknowledged_safety_checks"] = list(call.checks)
    return item if call.done else {**item, "status": "incomplete"}


def read_turns(said: str) -> list[dict[str, str]]:
    """A chat as its page sends it: strictly users and assistants, bounded, the person last."""
    turns = _parsed(said, "message")
    if not isinstance(turns, list) or not turns or not all(map(_is_turn, turns)):
        raise Invalid("That is no conversation.", "message")
    if turns[-1]["role"] != "user" or not turns[-1]["content"].strip():
        raise Invalid("Please say something.", "message")
    if any(len(turn["content"]) > TEXT_LIMIT for turn in turns):
        raise Invalid(f"A message has at most {TEXT_LIMIT} characters.", "message")
    if len(turns) > TURNS_LIMIT or sum(len(turn["content"]) for turn in turns) > CHAT_LIMIT:
        raise Invalid("This conversation has become too long: begin a new one.", "message")
    return [{"role": turn["role"], "content": turn["content"]} for turn in turns]


def read_calls(said: str, done: list[str]) -> tuple[Answered, ...]:
    """The calls that are answered, as the page holds them: `[{"id": …, "checks": […]}]`."""
    calls = _parsed(said or "[]", "instruction")
    if not isinstance(calls, list) or len(calls) > CALLS_LIMIT or not all(map(_is_call, calls)):
        raise Invalid("What this continues is not known any more: begin a new conversation.", "instruction")
    return tuple(Answered(call["id"], call["id"] in done, tuple(call.get("checks", ()))) for call in calls)


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and turn.get("role") in ROLES and isinstance(turn.get("content"), str)


def _is_call(call: Any) -> bool:
    checks = call.get("checks", []) if isinstance(call, dict) else None
    return (
        isinstance(checks, list)
        and all(isinstance(check, dict) for check in checks)
        and isinstance(call.get("id"), str)
        and len(call["id"]) <= NAME_LIMIT
    )


def _parsed(said: str, name: str) -> Any:
    if len(said.encode("utf-8", "replace")) > JSON_LIMIT:
        raise Invalid("That is too much at once.", name)
    try:
        return orjson.loads(said)
    except ValueError:
        raise Invalid("That is not JSON.", name) from None
