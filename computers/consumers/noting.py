"""A driver's live input in the timeline: folded, and noted as soon as an entry of it is complete."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone

from computers import timeline
from computers.consumers.guarding import AskFocus, Guard
from computers.models import Computer, Kind
from computers.timeline.fold import Fold, Folded
from computers.wire.screen import Answer, Input
from dashboard.database import calling_loop
from dashboard.permissions import Actor


class InputNotes:
    """One driver's. `sent` hears of everything that went upstream; `end` with the end of driving."""

    def __init__(self, computer: Computer, actor: Actor) -> None:
        self._computer, self._actor, self._fold = computer, actor, Fold()
        self._guard: Guard | None = None
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._noting = False
        self._end_telling: Callable[[], None] | None = None

    def sent(self, item: Input | Answer) -> None:
        """One item went upstream now."""
        if self._end_telling is None:
            self._end_telling = timeline.WRITER.tells_first(self._computer.pk, self._before)
        self._note(self._fold.put(item, self._loop.time()))
        if self._guard is not None:
            self._guard.sent(item)
        self._wait()

    def record(self, ask_focus: AskFocus) -> None:
        """From now on what is typed is handed on, where `ask_focus` says that it is no secret."""
        if self._guard is None:
            self._guard = Guard(ask_focus)

    def stop_recording(self) -> None:
        """Note what is still open, and hand on nothing more."""
        self._note(self._fold.finish())
        self._drop_guard()

    def end(self) -> None:
        """Note what is still open."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.stop_recording()
        if self._end_telling is not None:
            self._end_telling()
            self._end_telling = None

    def _before(self, at: datetime) -> None:
        """Something else is about to be noted: a click that opened a tab stands above it."""
        if self._noting or calling_loop.get() is not None:
            # Our own entry; or a unit's, on another thread.
            return
        self._note(self._fold.before(self._loop.time() - (timezone.now() - at).total_seconds()))

    def _wait(self) -> None:
        # One timer at a time: what is open only ever ends later than was thought.
        if self._timer is None and (due := self._fold.due()) is not None:
            self._timer = self._loop.call_at(due, self._time_passed)

    def _time_passed(self) -> None:
        self._timer = None
        self._note(self._fold.tick(self._loop.time()))
        self._wait()

    def _note(self, complete: list[Folded]) -> None:
        self._noting = True
        try:
            self._tell(complete)
        finally:
            self._noting = False

    def _tell(self, complete: list[Folded]) -> None:
        now = self._loop.time()
        for folded in complete:
            entry = timeline.Entry(
                Kind.INPUT,
                folded.sentence,
                actor=self._actor,
                at=timezone.now() - timedelta(seconds=now - folded.began),
                milliseconds=int((folded.ended - folded.began) * 1000),
                step=folded.step,
                typed=self._kept(folded),
            )
            timeline.note(self._computer.pk, self._computer.public_id, entry)

    def _kept(self, folded: Folded) -> str:
        """What was typed, if it may be: only of typing, and only while a macro is recorded."""
        if self._guard is None or not folded.typed or folded.step is None:
            return ""
        return folded.typed if self._guard.keeps() else ""

    def _drop_guard(self) -> None:
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.close()
