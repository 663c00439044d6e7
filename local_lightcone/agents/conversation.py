"""What the model is told: the whole of it each time, so that nothing depends on what a model server remembers. Pure.

A question that was not answered (the task was paused) leaves no trace: the next one brings a newer picture. A call
that was not done is left out likewise, so that the model never believes it was.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .answers import ASK, DONE, Item
from .spec import TaskSpec

PROMPT = (
    "You operate a web browser for somebody. Each picture shows the page as it is now. Act with the computer tool; "
    "coordinates run from 0 to 999 across the picture, whatever its size. Do one thing at a time and look at the "
    f"result. When the task is finished, or cannot be, answer in words or call {DONE}. Call {ASK} and "
    "wait where only a person can go on: a sign-in, a payment, a choice that is not yours."
)
NEWEST_PICTURES = 5
"""Older ones are let go: they cost a model much and tell it little."""

MOST_ITEMS = 4000
"""A task whose conversation grows beyond it ends: no model reads so much."""

NO_PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAAAAABWESUoAAAAGElEQVR42mM8wYAfMDGMKhhVMKpghCoAAMCFAQivNpqkAAAAAElFTkSuQmCC"
)
"""Plain grey, in the place of a picture that was let go: a call's result must have one."""


GO_ON = "Continue."
"""The answer of a person who was asked, resumed the task and said nothing."""

SEEN, FAILED, RETURNED, ASKED = "seen", "failed", "returned", "asked"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call: an action whose effect is seen (or that failed), or a function's output."""

    call_id: str
    kind: str
    output: str = ""


class Conversation:
    def __init__(self, spec: TaskSpec) -> None:
        self._past: list[Item] = [{"role": role, "content": said} for role, said in spec.context]
        self._said: list[str] = [spec.instruction]
        self._results: list[Result] = []
        self.instructions = f"{PROMPT}\n\n{spec.system_prompt}".strip()

    @property
    def full(self) -> bool:
        return len(self._past) > MOST_ITEMS

    def say(self, text: str) -> None:
        """Something a person adds: it stands in the next question."""
        self._said.append(text)

    def question(self, picture: str) -> list[Item]:
        return [*self._past, *self._new(picture)]

    def answered(self, picture: str, items: Iterable[Item], results: Iterable[Result]) -> None:
        """The model answered the question with this picture. `items` are those of its answer that count; what came of
        its calls stands in the next question."""
        self._past = [*self._past, *self._new(picture), *items]
        _let_go([item for item in self._past if _image(item) is not None][:-NEWEST_PICTURES])
        self._said, self._results = [], list(results)

    def _new(self, picture: str) -> list[Item]:
        image = {"type": "input_image", "image_url": picture, "detail": "auto"}
        words = "\n".join(self._said)
        answers = [_answer(result, words) for result in self._results if result.kind in (RETURNED, ASKED)]
        shown = [_shown(result, image) for result in self._results if result.kind in (SEEN, FAILED)]
        content: list[dict[str, Any]] = []
        if words and not any(result.kind == ASKED for result in self._results):
            content.append({"type": "input_text", "text": words})
        if not shown:
            content.append(dict(image))
        return [*answers, *shown, *([{"role": "user", "content": content}] if content else [])]


def _answer(result: Result, words: str) -> Item:
    """What a person says after they were asked is the answer."""
    output = (words or GO_ON) if result.kind == ASKED else result.output
    return {"type": "function_call_output", "call_id": result.call_id, "output": output}


def _shown(result: Result, image: dict[str, Any]) -> Item:
    item = {"type": "computer_call_output", "call_id": result.call_id, "output": dict(image)}
    return {**item, "status": "incomplete"} if result.kind == FAILED else item


def _image(item: Item) -> dict[str, Any] | None:
    """The part of one of our own items that holds a picture."""
    if item.get("type") == "computer_call_output":
        output: dict[str, Any] = item["output"]
        return output
    content = item.get("content") if item.get("role") == "user" else None
    last = content[-1] if isinstance(content, list) and content else None
    return last if isinstance(last, dict) and last.get("type") == "input_image" else None


def _let_go(items: Iterable[Item]) -> None:
    for item in items:
        if part := _image(item):
            part["image_url"] = NO_PICTURE
