from dataclasses import dataclass, field

from .answers import Used

EXIT_CODES = {"completed": 0, "failed": 1, "cancelled": 2}


@dataclass(slots=True)
class Progress:
    steps: int = 0
    """How many answers of the model were acted on."""

    used: Used = field(default_factory=Used)
    """By all answers of the model, also those that were not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a task ended: completed, failed or cancelled, and the model's result or the reason."""

    status: str
    text: str
    code: str = ""
    """For programs; empty if it completed."""


def failed(code: str, text: str) -> Outcome:
    return Outcome("failed", text, code)


def cancelled(code: str, text: str) -> Outcome:
    return Outcome("cancelled", text, code)
