"""What a viewer is told about the picture, as a table of states and events.

Idle and stalled look alike on the screen and are not: idle is connected and unchanged, stalled means upstream stopped
answering. So only a probe's answer, never the absence of frames, tells them apart.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What the badge says."""

    CONNECTING = "connecting"
    LIVE = "live"
    IDLE = "idle"
    STALLED = "stalled"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


class Event(StrEnum):
    """What can happen to a feed."""

    FRAME = "a frame came"
    QUIET = "no frame for a while"
    SILENT = "a probe was not answered in time"
    ANSWERED = "a probe was answered"
    LOST = "the connection broke"
    GONE = "upstream does not know the computer"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.CONNECTING, Event.FRAME): State.LIVE,
    (State.CONNECTING, Event.LOST): State.RECONNECTING,
    (State.CONNECTING, Event.SILENT): State.STALLED,
    (State.CONNECTING, Event.GONE): State.ENDED,
    (State.LIVE, Event.QUIET): State.IDLE,
    (State.LIVE, Event.SILENT): State.STALLED,
    (State.LIVE, Event.LOST): State.RECONNECTING,
    (State.LIVE, Event.GONE): State.ENDED,
    (State.IDLE, Event.FRAME): State.LIVE,
    (State.IDLE, Event.SILENT): State.STALLED,
    (State.IDLE, Event.LOST): State.RECONNECTING,
    (State.IDLE, Event.GONE): State.ENDED,
    (State.STALLED, Event.FRAME): State.LIVE,
    (State.STALLED, Event.ANSWERED): State.IDLE,
    (State.STALLED, Event.LOST): State.RECONNECTING,
    (State.STALLED, Event.GONE): State.ENDED,
    (State.RECONNECTING, Event.FRAME): State.LIVE,
    (State.RECONNECTING, Event.GONE): State.ENDED,
}


def after(state: State, event: Event) -> State:
    """The next state. An event that the table does not list for this state changes nothing."""
    return TRANSITIONS.get((state, event), state)
