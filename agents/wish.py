"""What a person wishes an agent to do, checked before anything is asked of upstream."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from computers.actions.addresses import normalise
from computers.actions.refusal import Invalid

#: Longest texts, characters: what is more is a file, not an instruction.
INSTRUCTION_LIMIT, PROMPT_LIMIT = 20_000, 20_000
#: Longest name of a model, and of a tag and its value, characters; and how many tags.
NAME_LIMIT, TAG_LIMIT, TAGS_LIMIT = 128, 256, 20
#: Largest limits; what is allowed, upstream says.
STEPS_LIMIT, SECONDS_LIMIT, SIDE_LIMIT = 100_000, 31_536_000, 16_384

KINDS = ("browser", "desktop")
HARNESSES = ("v1", "v2")
MISSING = ("fail", "restore", "create_new")


@dataclass(frozen=True, slots=True)
class TaskWish:
    """The form "New task", but for its computers. None and "" leave the choice to upstream."""

    instruction: str
    kind: str = ""
    start_page: str = ""
    model: str = ""
    max_steps: int | None = None
    max_minutes: int | None = None
    temperature: float | None = None
    system_prompt: str = ""
    harness_version: str = ""
    persistent: bool = False
    #: Upstream leaves the computer when the task is over.
    keep_alive: bool = False
    width: int | None = None
    height: int | None = None
    screenshots_inline: bool = False
    #: The saved computer to begin with, and what to do when it is not there.
    environment_id: str = ""
    on_missing_computer: str = ""
    metadata: dict[str, str] = field(default_factory=dict)

    def checked(self) -> TaskWish:
        """This wish made whole; `Invalid` names the field of what cannot be right."""
        instruction = self.instruction.strip()
        if not instruction or len(instruction) > INSTRUCTION_LIMIT:
            raise Invalid(f"An instruction has 1 to {INSTRUCTION_LIMIT} characters.", "instruction")
        _word(self.kind, ("", *KINDS), "kind")
        _word(self.harness_version, ("", *HARNESSES), "harness_version")
        _word(self.on_missing_computer, ("", *MISSING), "on_missing_computer")
        _within(self.max_steps, STEPS_LIMIT, "Steps", "max_steps")
        _within(self.max_minutes, SECONDS_LIMIT // 60, "Minutes", "max_minutes")
        for side in (self.width, self.height):
            _within(side, SIDE_LIMIT, "Width and height", "width")
        if (self.width is None) != (self.height is None):
            raise Invalid("Please give both the width and the height, or neither.", "width")
        if self.temperature is not None and not 0 <= self.temperature <= 10:
            raise Invalid("A temperature is between 0 and 10.", "temperature")
        if len(self.system_prompt) > PROMPT_LIMIT:
            raise Invalid(f"A system prompt has at most {PROMPT_LIMIT} characters.", "system_prompt")
        for text, name in ((self.model, "model"), (self.environment_id, "environment_id")):
            if len(text) > NAME_LIMIT or not text.isprintable():
                raise Invalid(f"At most {NAME_LIMIT} characters, all of them visible.", name)
        if len(self.metadata) > TAGS_LIMIT or any(
            len(text) > TAG_LIMIT for pair in self.metadata.items() for text in pair
        ):
            raise Invalid(f"At most {TAGS_LIMIT} tags of {TAG_LIMIT} characters.", "metadata")
        start_page = normalise(self.start_page) if self.start_page.strip() else ""
        return replace(self, instruction=instruction, start_page=start_page)

    def as_body(self, computer_id: str = "") -> dict[str, Any]:
        """The body that starts it (contract §3.6), without its key; on that computer if it names one."""
        said: dict[str, Any] = {
            "instruction": self.instruction,
            "kind": "" if computer_id else self.kind,
            "computer_id": computer_id,
            "environment_id": "" if computer_id else self.environment_id,
            "on_missing_computer": "fail" if computer_id else self.on_missing_computer,
            "start_url": self.start_page,
            "model": self.model,
            "max_steps": self.max_steps,
            "max_duration_seconds": self.max_minutes and self.max_minutes * 60,
            "temperature": self.temperature,
            "system_prompt": self.system_prompt,
            "harness_version": self.harness_version,
            "persistent": self.persistent,
            "keep_alive": self.keep_alive,
            "viewport_width": self.width,
            "viewport_height": self.height,
            "screenshot_mode": "base64" if self.screenshots_inline else "",
            "metadata": self.metadata,
        }
        return {
            name: value for name, value in said.items() if value or (value == 0.0 and name == "temperature")
        }


def _word(said: str, allowed: tuple[str, ...], name: str) -> None:
    if said not in allowed:
        raise Invalid(f"There is no choice named {said[:40]}.", name)


def _within(number: int | None, most: int, what: str, name: str) -> None:
    if number is not None and not 0 < number <= most:
        raise Invalid(f"{what}: between 1 and {most}.", name)
