"""Where a conversation stands: which steps it holds, and how far they are done.

Nothing is remembered between two requests. Everything is read from the conversation: what was said, and what the
model's own earlier calls and words say of the step they belonged to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .conversation import ASK_TOOL, DONE_TOOL, Acted, Called, Event, Shown, Spoke, Told
from .steps import Step, bounded, steps_of

CALL = re.compile(r"^call_([1-9]\d{0,3})_\d+(_end)?_")
ASKING = re.compile(r"^I need a person for step ([1-9]\d{0,3}):", re.MULTILINE)
LABEL = re.compile(r"^Step \d{1,4} of \d{1,4}:", re.MULTILINE)
FINISHED = re.compile(r"^Done\b", re.MULTILINE)

_GO_ON = re.compile(
    r"^(?:(?:please\s+)?(?:continue|go\s+on|go\s+ahead|resume|carry\s+on|proceed|keep\s+going)|ok(?:ay)?|yes|thanks|"
    r"thank\s+you|(?:(?:i|it)(?:'m|\s+am|'s|\s+is|\s+have|'ve)?\s+)?(?:all\s+)?(?:done|finished|ready)|finish|end)\b.{0,40}$",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"^(?:(?:please\s+)?(?:try|do)\s+(?:it\s+|that\s+)?(?:once\s+)?(?:more|again)|retry|again|repeat)\b.{0,40}$",
    re.I,
)
_SKIP = re.compile(r"^skip\b.{0,60}$", re.IGNORECASE)
_STOP = re.compile(
    r"^(?:please\s+)?(?:stop|cancel|abort|end|finish|quit)(?:\s+(?:here|now|it|this|the\s+task))?$", re.I
)
ORDERS = {"go_on": _GO_ON, "again": _AGAIN, "skip": _SKIP, "stop": _STOP}


@dataclass(slots=True)
class Plan:
    steps: list[Step] = field(default_factory=list)
    at: int = 0
    """The step that comes next, from 0."""

    last: int = 0
    """The step that the newest action belongs to."""

    tried: list[str] = field(default_factory=list)
    """The actions already asked for on that step."""

    asked: bool = False
    """A person was asked about it."""

    notes: list[str] = field(default_factory=list)
    """What was said since the model's last turn and holds no step."""

    shown: bool = False
    """Whether a picture came since the last action."""

    picture: str | None = None
    failed: bool = False
    """Whether the newest action could not be done."""

    begun: bool = False
    """Whether the model had a turn."""

    @property
    def step(self) -> Step | None:
        return self.steps[self.at] if self.at < len(self.steps) else None

    def advance(self) -> None:
        self.at, self.tried = self.at + 1, []


def follow(events: Iterable[Event]) -> Plan:
    plan = Plan()
    for event in events:
        match event:
            case Told(text):
                _hear(plan, text)
            case Shown(picture, failed):
                plan.shown, plan.picture = True, picture
                if failed:
                    plan.failed, plan.at = True, plan.last
            case Acted(kind, call_id):
                _acted(plan, kind, call_id)
            case Called(name, _):
                _turn(plan)
                if name == DONE_TOOL:
                    plan.at, plan.tried = len(plan.steps), []
                plan.asked = plan.asked or name == ASK_TOOL
            case Spoke(text):
                _spoke(plan, text)
    return plan


def _turn(plan: Plan) -> None:
    plan.begun, plan.failed, plan.notes = True, False, []
    plan.shown, plan.picture = False, None  # whatever is done now, that picture is yesterday's


def _acted(plan: Plan, kind: str, call_id: str) -> None:
    _turn(plan)
    plan.asked = False
    mark = CALL.match(call_id)
    number = int(mark[1]) - 1 if mark else plan.at  # else it is another model's
    plan.last = number
    if number != plan.at:
        plan.at, plan.tried = number, []
    plan.tried.append(kind)
    if mark is None or mark[2]:
        plan.advance()


def _spoke(plan: Plan, text: str) -> None:
    _turn(plan)
    if mark := ASKING.search(text):
        number = int(mark[1]) - 1
        if number != plan.at:
            plan.at, plan.tried = number, []
        plan.asked = True
    elif FINISHED.search(text) or not LABEL.search(text):  # without a label they are another model's words
        plan.at, plan.tried = len(plan.steps), []


def _hear(plan: Plan, text: str) -> None:
    said = steps_of(text)
    if not plan.begun or (plan.step is None and not plan.asked):
        fresh = said if not plan.begun else [step for step in said if not _is_order(step)]
        plan.steps = bounded(plan.steps + fresh)
        return
    orders, steps, unclear = _sorted(said)
    if plan.asked and "again" in orders:
        plan.tried = []
    elif plan.asked or "skip" in orders:
        plan.advance()  # whoever was asked has seen to it
    if "stop" in orders and not (plan.asked and "go_on" in orders):
        del plan.steps[plan.at :]
    if steps:
        plan.steps = bounded([*plan.steps[: plan.at], *steps, *plan.steps[plan.at :]])
        plan.tried = []
    plan.notes, plan.asked, plan.failed = plan.notes + unclear, False, False


def _sorted(said: list[Step]) -> tuple[set[str], list[Step], list[str]]:
    """Orders such as "go on", steps, and what is neither."""
    orders = {name for name, pattern in ORDERS.items() if any(pattern.match(step.words) for step in said)}
    rest = [step for step in said if not _is_order(step)]
    steps = [step for step in rest if step.kind not in ("unclear", "done")]
    unclear = [step.words for step in rest if step.kind == "unclear"]
    if unclear and not any(
        "'" in step.words for step in steps
    ):  # talk: a sentence in it may sound like a step
        return orders - {"stop"}, [], [step.words for step in rest]
    return orders, steps, unclear


def _is_order(step: Step) -> bool:
    return any(pattern.match(step.words) for pattern in ORDERS.values())
