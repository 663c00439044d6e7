"""One ordered log per computer: what happened, and who did it. `note` adds to it, from anywhere, without waiting."""

from computers.timeline.entry import Entry
from computers.timeline.writer import NEWS, WRITER, Written, note

__all__ = ["NEWS", "WRITER", "Entry", "Written", "note"]
