"""Picture → model → action, again and again, until the model has finished or something else ends it."""

import asyncio

from .acting import Hands, Tell
from .answers import Answer
from .conversation import Conversation
from .machine import LONGEST_PAUSE_SECONDS, Machine, Picture
from .outcome import Outcome, Progress, cancelled, failed
from .reins import Reins
from .spec import TaskSpec
from .thinking import Mind, answer

LOOK_SECONDS = 20.0
LOOK_PAUSE_SECONDS = 0.5
"""A page that asks something is not seen until its dialog is answered; after LOOK_SECONDS a person is asked to."""

MOST_FAILURES = 5
"""Answers whose actions all failed, or that said nothing, one after the other."""


class Loop:
    def __init__(
        self, spec: TaskSpec, machine: Machine, reins: Reins, mind: Mind, tell: Tell, progress: Progress
    ) -> None:
        self._spec, self._machine, self._reins, self._tell = spec, machine, reins, tell
        self._mind = mind
        self._conversation = Conversation(spec)
        self._hands = Hands(machine, reins, tell)
        self._progress = progress
        self._failures = 0

    async def run(self) -> Outcome:
        if refusal := await self._begin():
            return refusal
        while True:
            try:
                await self._border()
            except TimeoutError:
                return cancelled("not_resumed", "Nobody resumed the task in time.")
            if self._conversation.full:
                return failed("too_long", "The conversation with the model grew too long.")
            outcome = await self._in_time()
            if outcome and not (outcome.status == "completed" and self._reins.waiting):
                return outcome

    async def _in_time(self) -> Outcome | None:
        try:
            async with asyncio.timeout(self._spec.max_seconds - self._reins.used()) as limit:
                return await self._step()
        except TimeoutError:
            if not limit.expired():
                raise
            return cancelled("max_duration", f"It was not finished after {self._spec.max_seconds} s.")

    async def _begin(self) -> Outcome | None:
        spec = self._spec
        sized = spec.width or spec.height
        if sized and (reason := await self._machine.resize(spec.width, spec.height)):
            return failed("viewport", f"The viewport could not be set: {reason}")
        if spec.start_url is None:
            return None
        opened = await self._hands.act({"type": "go_to_url", "url": spec.start_url})
        if reason := opened.get("error_message"):
            return failed("start_url", f"The start page could not be opened: {reason}")
        return None

    async def _border(self) -> None:
        """Where people's wishes take effect."""
        while self._reins.wanted:
            await self._machine.let_go()
            self._tell("progress_update", state="paused")
            await self._reins.stand(LONGEST_PAUSE_SECONDS)
            self._tell("progress_update", state="running")
        for message in self._reins.take():
            self._tell("progress_update", state="message", content=message)
            self._conversation.say(message)

    async def _step(self) -> Outcome | None:
        picture = await self._reins.unless_paused(self._look())
        if picture is None:
            return None
        if isinstance(picture, str):
            self._ask(f"The screen cannot be seen: {picture}")
            return None
        self._tell("screenshot", image=picture.url, inline=picture.inline)
        asking = answer(self._spec, self._mind, self._conversation, picture)
        given = await self._reins.unless_paused(asking)
        if given is None or isinstance(given, Outcome):
            return given
        self._progress.used += given.used
        self._tell_thought(given.text)
        return await self._act(given, picture)

    async def _look(self) -> Picture | str:
        loop = asyncio.get_running_loop()
        until = loop.time() + LOOK_SECONDS
        while isinstance(seen := await self._machine.look(), str) and loop.time() < until:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_PAUSE_SECONDS)
        return seen

    async def _act(self, given: Answer, picture: Picture) -> Outcome | None:
        if not given.calls:
            self._conversation.answered(picture.inline, given.items, [])
            return self._words(given.text)
        if self._progress.steps >= self._spec.max_steps and not given.only_ends:
            return failed("max_steps", f"It was not finished after {self._spec.max_steps} steps.")
        done = await self._hands.do(given, picture)
        if not done.results:
            return None
        self._conversation.answered(picture.inline, done.items, done.results)
        if done.outcome:
            return done.outcome
        self._progress.steps += 1
        self._failures = self._failures + 1 if done.failures == len(done.results) else 0
        if done.question is not None:
            self._ask(done.question)
        if self._failures >= MOST_FAILURES:
            return failed("actions", f"{MOST_FAILURES} actions failed one after the other.")
        return None

    def _words(self, text: str) -> Outcome | None:
        """An answer without a call: the model has finished, or has nothing to say."""
        if text:
            return Outcome("completed", text)
        self._failures += 1
        return failed("model", "The model says nothing.") if self._failures >= MOST_FAILURES else None

    def _ask(self, question: str) -> None:
        self._tell("progress_update", state="needs_human", content=question)
        self._reins.ask(question)

    def _tell_thought(self, text: str) -> None:
        if not text:
            return
        self._tell("thinking", content=text)
        if self._spec.deltas:
            self._tell("progress_update", state="thinking", delta=text)
