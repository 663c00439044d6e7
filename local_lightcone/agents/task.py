import asyncio
import logging
import time
from typing import Any
from uuid import uuid4

from ..problems import FAILED, Problem, bad_request
from ..sessions.clock import stamp
from ..sessions.registry import Registry
from .log import Log
from .loop import Loop
from .machine import Machine
from .outcome import EXIT_CODES, Outcome, Progress, cancelled, failed
from .reins import Reins
from .spec import TaskSpec
from .thinking import Mind

log = logging.getLogger(__name__)

LETTING_GO_SECONDS = 5.0
"""For what an ended task still holds down. A computer that does not answer is not waited for."""

QUIET = ("thinking", "executed")
"""What a concise stream leaves out."""

OF_A_STEP = ("screenshot", "thinking", "executed")
"""What carries the number of its step, from 1."""


class Task:
    """One piece of work: its loop, what people do to it, and everything it told. It ends once, and for a reason."""

    def __init__(self, spec: TaskSpec, machine: Machine, mind: Mind) -> None:
        self.id = f"task_{uuid4().hex}"
        self.spec, self.machine = spec, machine
        self.model = mind.answering(spec.model) or "the model server's usual one"
        self.log, self.reins = Log(), Reins()
        self.outcome: Outcome | None = None
        self._mind, self._progress = mind, Progress()
        self._stopped = asyncio.Event()

    @property
    def status(self) -> str:
        return self.outcome.status if self.outcome else self.reins.word

    def is_at_work_on(self, computer_id: str) -> bool:
        """Not ended and not paused: two such tasks on one computer would fight."""
        return self.status == "running" and self.machine.computer.id == computer_id

    def tell(self, kind: str, inline: str | None = None, **fields: object) -> None:
        """`inline` is a picture's own data, told in place of its address where the task wants it so."""
        if self.spec.concise and kind in QUIET:
            return
        told = {"type": kind, **fields, "timestamp": stamp(time.time())}
        if kind in OF_A_STEP:
            told["step"] = self._progress.steps + 1
        if inline and self.spec.pictures_inline:
            self.log.add({**told, "image": inline}, smaller=told)
        else:
            self.log.add(told)

    async def run(self, computers: Registry) -> None:
        """Until it ends. Its computer ends with it if it was made for it and not asked to stay."""
        self.tell("started", computer_id=self.machine.computer.id, model=self.model, task_id=self.id)
        outcome = failed("internal", FAILED)
        try:
            outcome = await self._work()
            if not self.machine.computer.gone.is_set():
                await self._leave(computers)
        except Exception:
            log.exception("%s could not be tidied up after", self.id)
        finally:
            self._end(outcome)  # whatever happens: its readers wait for it

    def stop(self) -> None:
        """The server stops."""
        self._stopped.set()

    def pause(self) -> str:
        self._not_ended()
        return self.reins.pause()

    def resume(self) -> str:
        self._not_ended()
        return self.reins.resume()

    def say(self, message: str) -> str:
        self._not_ended()
        self.reins.say(message)
        return self.status

    def as_json(self) -> dict[str, object]:
        """The contract's three fields, and what else is worth knowing."""
        body: dict[str, object] = {
            "task_id": self.id,
            "status": self.status,
            "exit_code": EXIT_CODES[self.outcome.status] if self.outcome else None,
            "computer_id": self.machine.computer.id,
            "model": self.model,
            "steps": self._progress.steps,
            **self._used(),
            "metadata": dict(self.spec.metadata),
        }
        if self.outcome:
            body["result" if self.outcome.status == "completed" else "error"] = self.outcome.text
        elif self.reins.question is not None:
            body["question"] = self.reins.question
        return body

    def _used(self) -> dict[str, Any]:
        """Nothing where the model's server does not count."""
        used = self._progress.used
        return {"usage": used.as_json()} if used.input or used.output else {}

    def _not_ended(self) -> None:
        if self.outcome:
            raise bad_request(f"The task has ended: it {_ended(self.outcome.status)}.")

    async def _work(self) -> Outcome:
        loop = asyncio.create_task(self._run())
        gone = asyncio.create_task(self.machine.computer.gone.wait())
        stopped = asyncio.create_task(self._stopped.wait())
        hold = asyncio.create_task(self._hold())
        try:
            await asyncio.wait([loop, gone, stopped], return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                return cancelled("stopping", "This server is stopping.")
            return loop.result() if loop.done() else failed("computer_ended", "The computer ended.")
        finally:
            for each in (loop, gone, stopped, hold):
                each.cancel()
            await asyncio.gather(loop, gone, stopped, hold, return_exceptions=True)

    async def _run(self) -> Outcome:
        try:
            # Not kept: its conversation holds pictures.
            return await Loop(
                self.spec, self.machine, self.reins, self._mind, self.tell, self._progress
            ).run()
        except Problem as problem:
            if problem.status == 404:
                return failed("computer_ended", "The computer ended.")
            return failed("internal", problem.detail or problem.title)
        except Exception:
            log.exception("%s failed", self.id)
            return failed("internal", FAILED)

    async def _hold(self) -> None:
        """A task at work, or waiting for a person, is not idleness."""
        while True:
            self.machine.hold()
            await asyncio.sleep(self.machine.hold_seconds)

    async def _leave(self, computers: Registry) -> None:
        try:
            if self.machine.made and not self.spec.keep_alive and not self._stopped.is_set():
                await computers.terminate(self.machine.computer.id)
            else:
                async with asyncio.timeout(LETTING_GO_SECONDS):
                    await self.machine.let_go()
        except (Problem, TimeoutError):
            pass  # it is gone already, or does not answer: nothing is held any more

    def _end(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if outcome.status == "completed":
            self.tell("completed", result=outcome.text, **self._used())
        else:
            self.tell("error", error=outcome.text, code=outcome.code, **self._used())
            if self.spec.every_event:
                extra: dict[str, Any] = {"error_code": outcome.code, "retryable": outcome.code == "model"}
                self.tell(outcome.status, **extra)
        self.log.end()


def _ended(status: str) -> str:
    return "was cancelled" if status == "cancelled" else status
