"""Every row about computers. A file per subject; they are all named here."""

from computers.models.control import ControlLease, ControlRequest
from computers.models.files import Capture
from computers.models.machines import (
    Computer,
    ComputerQuerySet,
    Connection,
    Seen,
    find_computer,
    find_with_role,
    opaque_id,
    see,
)
from computers.models.macros import Macro, RecordedText
from computers.models.pins import Pin
from computers.models.timeline import Kind, Recording, TimelineCounter, TimelineEvent

__all__ = [
    "Capture",
    "Computer",
    "ComputerQuerySet",
    "Connection",
    "ControlLease",
    "ControlRequest",
    "Kind",
    "Macro",
    "Pin",
    "RecordedText",
    "Recording",
    "Seen",
    "TimelineCounter",
    "TimelineEvent",
    "find_computer",
    "find_with_role",
    "opaque_id",
    "see",
]
