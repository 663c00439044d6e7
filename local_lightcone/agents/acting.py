"""Doing what an answer asks for, call by call, up to the next border."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .answers import ASK, DONE, Answer, Item, actions_of, arguments_of, end_of, is_call
from .conversation import ASKED, FAILED, RETURNED, SEEN, Result
from .machine import Machine, Picture
from .moves import describe, moves
from .outcome import Outcome, failed
from .reins import Reins

INTERRUPTIBLE = ("wait", "go_to_url")
"""Waiting is cut short by a pause; so is waiting for a page, which goes on loading by itself."""

INTERRUPTED = {"status": "INTERRUPTED"}
NO_SUCH_ACTION = {"status": "error", "error_message": "There is no such action."}
LONGEST_NAME = 40
NO_SUCH_FUNCTION = "There is no such function."


class Tell(Protocol):
    def __call__(self, kind: str, inline: str | None = None, **fields: object) -> None: ...


@dataclass(slots=True)
class Done:
    """What was done of an answer."""

    items: list[Item] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    outcome: Outcome | None = None
    question: str | None = None
    """The model asks a person."""

    @property
    def failures(self) -> int:
        return sum(result.kind == FAILED for result in self.results)


class Hands:
    def __init__(self, machine: Machine, reins: Reins, tell: Tell) -> None:
        self._machine, self._reins, self._tell = machine, reins, tell

    async def do(self, answer: Answer, picture: Picture) -> Done:
        """As far as it comes: a pause, a question to a person and an end let the rest undone."""
        done = Done()
        for item in answer.items:
            if is_call(item):
                if done.outcome or done.question is not None or self._reins.wanted:
                    break
                await self._call(item, picture, done)
            done.items.append(item)
        return done

    async def act(self, action: dict[str, Any]) -> dict[str, Any]:
        """One action of the computer, told."""
        if action.get("type") in INTERRUPTIBLE:
            answer = await self._reins.unless_paused(self._machine.act(action)) or INTERRUPTED
        else:
            answer = await self._machine.act(action)
        self._executed(action, answer)
        return answer

    async def _call(self, call: Item, picture: Picture, done: Done) -> None:
        call_id = str(call.get("call_id", ""))
        if call["type"] == "function_call":
            done.results.append(self._function(call, call_id, done))
            return
        succeeded = True
        for number, action in enumerate(actions_of(call)):
            if end := end_of(action):
                done.outcome = _outcome(end.text, succeeded=end.succeeded)
                break
            paused = number > 0 and self._reins.wanted
            if not (succeeded := not paused and await self._move(action, picture)):
                break
        done.results.append(Result(call_id, SEEN if succeeded else FAILED))

    async def _move(self, action: Mapping[str, Any], picture: Picture) -> bool:
        wanted = moves(action, picture.width, picture.height)
        if wanted is None:
            self._executed({"type": str(action.get("type"))[:LONGEST_NAME]}, NO_SUCH_ACTION)
            return False
        for each in wanted:
            answer = await self.act(each)
            if answer["status"] not in ("SUCCESS", "INTERRUPTED"):
                return False
        return True

    def _executed(self, action: dict[str, Any], answer: Mapping[str, Any]) -> None:
        told: dict[str, Any] = {"action": action, "description": describe(action), "status": answer["status"]}
        told |= {name: answer[name] for name in ("error_message", "request_id") if answer.get(name)}
        self._tell("executed", None, **told)

    def _function(self, call: Item, call_id: str, done: Done) -> Result:
        name, given = call.get("name"), arguments_of(call)
        if name == ASK:
            done.question = str(given.get("question") or "The agent asks for help.")
            return Result(call_id, ASKED)
        if name == DONE:
            end = end_of({**given, "type": DONE})
            done.outcome = _outcome(end.text if end else "", succeeded=end is None or end.succeeded)
            return Result(call_id, RETURNED)
        return Result(call_id, RETURNED, NO_SUCH_FUNCTION)


def _outcome(text: str, *, succeeded: bool) -> Outcome:
    if succeeded:
        return Outcome("completed", text)
    return failed("agent", text or "The agent gave up.")
