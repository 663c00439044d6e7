"""A computer that does whatever it is asked, and a model that says what the test wants it to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import chain, count, repeat
from typing import Any, cast

from local_lightcone.agents.loop import Loop
from local_lightcone.agents.machine import Machine, Picture
from local_lightcone.agents.outcome import Outcome, Progress
from local_lightcone.agents.reins import Reins
from local_lightcone.agents.spec import read_task

Output = list[dict[str, Any]]
_numbers = count(1)


def call(**action: Any) -> dict[str, Any]:
    return {"type": "computer_call", "call_id": f"call_{next(_numbers)}", "action": action}


def function(name: str, arguments: object = "{}") -> dict[str, Any]:
    return {
        "type": "function_call",
        "call_id": f"call_{next(_numbers)}",
        "name": name,
        "arguments": arguments,
    }


def words(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


class FakeMachine:
    def __init__(self) -> None:
        self.acted: list[dict[str, Any]] = []
        self.looks = 0
        self.blind: str | None = None
        self.answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda action: {"status": "SUCCESS"}
        self.hook: Callable[[dict[str, Any]], object] = lambda action: None

    async def act(self, action: dict[str, Any]) -> dict[str, Any]:
        if action["type"] == "wait":
            await asyncio.sleep(action["ms"] / 1000)
        self.acted.append(action)
        self.hook(action)
        return self.answer(action)

    async def look(self) -> Picture | str:
        self.looks += 1
        return self.blind or Picture(f"/shots/{self.looks}", f"data:{self.looks}", 1000, 1000)

    async def let_go(self) -> None:
        self.acted.append({"type": "let_go"})

    async def resize(self, width: int | None, height: int | None) -> str | None:
        return "too small" if width == 100 else None


class FakeMind:
    """Answers one after the other; the last one again and again. An exception is raised, a number waited for."""

    def __init__(self, *answers: Output | Exception | float) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: Iterator[Output | Exception | float] = chain(answers, repeat(answers[-1]))
        self.status = "completed"

    def check(self, body: dict[str, Any]) -> None:
        pass

    def answering(self, name: str | None) -> str | None:
        return name or "fake"

    async def respond(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(body)
        answer = next(self.answers)
        while isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return {"status": self.status, "output": answer, "error": {"message": "no luck"}}


class Run:
    """One loop with its fakes, and what it told."""

    def __init__(self, *answers: Output | Exception | float, **body: Any) -> None:
        self.machine, self.mind, self.reins = FakeMachine(), FakeMind(*answers), Reins()
        self.told: list[dict[str, Any]] = []
        spec = read_task({"instruction": "do it", **body})
        self.progress = Progress()
        self.loop = Loop(spec, cast(Machine, self.machine), self.reins, self.mind, self.tell, self.progress)

    def tell(self, kind: str, inline: str | None = None, **fields: object) -> None:
        self.told.append({"type": kind, **fields})

    async def outcome(self) -> Outcome:
        return await asyncio.wait_for(self.loop.run(), 20)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def until_paused(self) -> None:
        await self.until(lambda: self.reins.word == "paused")

    def states(self) -> list[object]:
        return [told["state"] for told in self.told if told["type"] == "progress_update"]

    def kinds(self) -> list[str]:
        return [told["type"] for told in self.told]
