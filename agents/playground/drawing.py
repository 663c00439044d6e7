"""An answer as the page shows it: what it says, and what it proposes, drawn on the picture and described in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from computers.wire.model_actions import SCROLLED, ModelAction, Place, pixels
from computers.wire.responses import Call, Function, ModelResponse, Other, Said, Thought

#: A mark's radius, as a part of the picture's width: it can be seen on a phone and hides no button on a screen.
MARK_SHARE = 1 / 45
#: How far a scroll's arrow reaches, as a part of the picture's height.
ARROW_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class Mark:
    """A point, or an arrow from it; picture pixels."""

    number: int
    x: float
    y: float
    radius: float
    to: Place | None = None

    @property
    def label(self) -> Place:
        """Where its number stands: beside the place, which can be seen then, and never off the picture."""
        far = self.radius * 1.5
        across = far if self.x < far * 2 else -far
        return round(self.x + across, 1), round(self.y + (far if self.y < far * 2 else -far), 1)

    @property
    def plate(self) -> float:
        """The radius of what its number stands on."""
        return round(self.radius * 0.75, 1)

    @property
    def size(self) -> float:
        """Of its number's letters."""
        return self.radius

    @property
    def end(self) -> float:
        """The radius of its arrow's head."""
        return round(self.radius / 2, 1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One action, numbered through the answer."""

    number: int
    call: str
    action: ModelAction
    words: str
    #: Whether it is its call's last one: a call is carried out whole.
    last: bool = True

    @property
    def json(self) -> str:
        """The action as the model gave it, for the form that runs it."""
        return orjson.dumps(self.action.raw).decode()

    @property
    def raw(self) -> str:
        """The same to be read: a sentence shows only the beginning of a long text."""
        return orjson.dumps(self.action.raw, option=orjson.OPT_INDENT_2).decode()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One answer on a picture of this size."""

    answer: ModelResponse
    width: int
    height: int

    @property
    def said(self) -> list[Said]:
        """Its words."""
        return [item for item in self.answer.items if isinstance(item, Said)]

    @property
    def thoughts(self) -> list[Thought]:
        """Its reasoning."""
        return [item for item in self.answer.items if isinstance(item, Thought)]

    @property
    def others(self) -> list[Function | Other]:
        """What nothing here does anything with."""
        return [item for item in self.answer.items if isinstance(item, Function | Other)]

    @property
    def proposals(self) -> list[Proposal]:
        """Every action of every call, in their order."""
        return list(self._proposals())

    @property
    def marks(self) -> list[Mark]:
        """Those that are somewhere on the picture."""
        return [mark for each in self.proposals if (mark := self._mark(each)) is not None]

    @property
    def checks(self) -> list[str]:
        """What the service wants a person to consider before going on."""
        told = (
            check.get("message") or check.get("code") for call in self.answer.calls for check in call.checks
        )
        return [str(each) for each in told if each]

    @property
    def state(self) -> str:
        """The calls, as the page keeps them until they are answered."""
        return orjson.dumps([_kept(call) for call in self.answer.calls]).decode()

    def _proposals(self) -> Iterator[Proposal]:
        number = 0
        for call in self.answer.calls:
            for place, action in enumerate(call.actions, 1):
                number += 1
                words = action.words(self.width, self.height)
                yield Proposal(number, call.id, action, words, place == len(call.actions))

    def _mark(self, proposal: Proposal) -> Mark | None:
        action = proposal.action
        if action.at is None or (action.trouble and action.known):
            return None
        x, y = pixels(action.at, self.width, self.height)
        to = pixels(action.to, self.width, self.height) if action.to else self._arrow(action, x, y)
        return Mark(proposal.number, x, y, round(self.width * MARK_SHARE, 1), to)

    def _arrow(self, action: ModelAction, x: float, y: float) -> Place | None:
        across, down = action.by
        longest = max(abs(across), abs(down))
        if action.kind not in SCROLLED or not longest:
            return None
        reach = self.height * ARROW_SHARE
        return round(x + across / longest * reach, 1), round(y + down / longest * reach, 1)


def _kept(call: Call) -> dict[str, object]:
    return {"id": call.id, **({"checks": call.checks} if call.checks else {})}
