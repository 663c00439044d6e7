"""What a screen socket tells its browser about the computer: the picture's state, the tabs, who else looks."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

from computers.consumers.timelines import Batch
from computers.relay.audience import Person
from computers.relay.feed import Feed
from computers.relay.states import State
from computers.relay.tabs import TabList
from dashboard.sockets import Close, Socket

#: The state of a computer that somebody terminates: upstream has not said yet that it is gone.
ENDING = "ending"
#: Whoever terminates says when that failed; if they died meanwhile, the picture speaks for itself again. Seconds.
ENDING_WITHIN = 60.0


class Telling(Socket):
    """The relay's news as messages of the protocol."""

    feed: Feed | None = None
    _terminating: asyncio.TimerHandle | None = None

    def on_state(self, feed: Feed) -> None:
        """What is shown to this browser, or its state, changed."""
        self.feed = feed
        if feed.state is State.ENDED:
            self.on_end()
        elif self._terminating is None:
            self._tell_feed(feed)

    def on_end(self) -> None:
        """The link found that the computer is no more. What else the page shows must say so at the same time."""

    def _tell_feed(self, feed: Feed) -> None:
        self.tell(
            "state",
            state=feed.state,
            reason=feed.reason,
            tab=feed.tab,
            view=feed.view,
            width=feed.width,
            height=feed.height,
            title=feed.title,
            url=feed.url,
            background=feed.background,
            dialog=dataclasses.asdict(feed.dialog) if feed.dialog else None,
        )

    def on_audience(self, people: list[Person]) -> None:
        """Who looks at this computer changed."""
        told = [{"id": each.id, "name": each.name, "may_drive": each.may_drive} for each in people]
        self.tell("viewers", names=[each.name for each in people], people=told)

    def on_tabs(self, tabs: TabList) -> None:
        """The computer's tabs, their titles or addresses changed."""
        self.tell("tabs", **tabs.as_message())

    def tell_timeline(self, batch: Batch | None) -> None:
        """New entries; those whose `html` is empty the browser asks for."""
        if batch is not None:
            self.tell("timeline", first=batch.first, last=batch.last, html=batch.html)

    def on_replaced(self) -> None:
        """The link was replaced by one of another carrier: the browser connects anew and finds that one."""
        self.end(Close.AGAIN)

    def tell_ending(self, by: str) -> None:
        """`by` terminates the computer: from now on its connection breaking is no news. Empty: it goes on after all."""
        if self._terminating is not None:
            self._terminating.cancel()
            self._terminating = None
        if by:
            self._terminating = asyncio.get_running_loop().call_later(ENDING_WITHIN, self.tell_ending, "")
            self._tell_no_feed(ENDING, f"{by} terminates this computer…")
        elif self.feed is not None:
            self.on_state(self.feed)

    def tell_ended(self, reason: Any) -> None:
        """The computer is no more."""
        self._tell_no_feed(State.ENDED, reason or "This computer has ended.")

    def forget_terminating(self) -> None:
        """The socket closes."""
        if self._terminating is not None:
            self._terminating.cancel()

    def _tell_no_feed(self, state: str, reason: str) -> None:
        self.tell("state", state=state, reason=reason, tab="", view=0, width=0, height=0, title="", url="")
