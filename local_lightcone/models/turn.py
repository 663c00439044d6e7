"""What the built-in model does next: words, and at most one action."""

from dataclasses import dataclass, field
from typing import Any

from .doing import DOING, Act, Ask, View
from .elements import NotFound, Sight
from .plan import Plan

NAME = "local.scripted"
WHAT_I_AM = (
    f"I am {NAME}, built into this server: not a language model but an interpreter of plain steps, such as: "
    "go to example.com; click 'Sign in'; type 'x' into 'Email'; press Enter; scroll down; wait 2 seconds; "
    "wait for 'Welcome'; read 'h1'; ask a person to sign in."
)


@dataclass(slots=True)
class Turn:
    says: list[str] = field(default_factory=list)
    action: dict[str, Any] | None = None
    step: int = 0
    """The step, from 1, that the action belongs to."""

    part: int = 0
    ends: bool = False
    """Whether the action is the last of its step."""

    question: str | None = None
    """What a person is asked."""

    done: str | None = None
    """What was done, when all is done."""


def next_turn(plan: Plan, sight: Sight | None, *, navigates: bool = True) -> Turn:
    """Moves the plan on to the next action, question or end."""
    turn = Turn()
    if plan.notes:
        turn.says.append(f"I took note of this, which holds no step for me: {' / '.join(plan.notes)}")
    if not plan.steps:
        turn.says.append(f"There is no step in this. {WHAT_I_AM}")
    while step := plan.step:
        label = f"Step {plan.at + 1} of {len(plan.steps)}: {step.words}."
        try:
            if plan.failed:
                raise Ask("It could not be done.")
            outcome = DOING[step.kind](View(step, plan.tried, plan.shown, sight, navigates))
        except (Ask, NotFound) as reason:
            turn.question = f"I need a person for step {plan.at + 1}: {step.words}."
            if str(reason) not in step.words:  # the step may say itself what is asked
                turn.question += f" {reason}"
            turn.says.append(turn.question)
            return turn
        if isinstance(outcome, Act):
            turn.says.append(label)
            turn.action, turn.ends = outcome.action, outcome.ends
            turn.step, turn.part = plan.at + 1, len(plan.tried)
            return turn
        turn.says.append(
            " ".join(f"{label} {outcome.text}".split())
        )  # one line: a page's words are no lines of ours
        plan.advance()
        if step.kind == "done":
            del plan.steps[plan.at :]
    turn.done = f"Done: {len(plan.steps)} {'step' if len(plan.steps) == 1 else 'steps'}."
    turn.says.append(turn.done)
    return turn
