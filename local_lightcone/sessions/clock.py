import time
from datetime import UTC, datetime

from .spec import Spec


class Clock:
    """How long a computer has left. Deadlines are monotonic; what is reported is the wall's time."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._created = self._active = time.monotonic()
        self._wall = time.time() - self._created

    def touch(self) -> None:
        """Somebody used the computer: the idle limit starts again, the lifetime goes on."""
        self._active = time.monotonic()

    def seconds_left(self) -> float:
        return min(self._expires(), self._idle_expires()) - time.monotonic()

    def as_json(self) -> dict[str, object]:
        spec = self._spec
        body: dict[str, object] = {
            "created_at": self._stamp(self._created),
            "last_activity_at": self._stamp(self._active),
            "expires_at": self._stamp(self._expires()),
            "idle_timeout_enabled": spec.idle_limited,
            "inactivity_timeout_seconds": spec.idle_seconds,
            "max_lifetime_seconds": spec.lifetime_seconds,
            "auto_kill": spec.idle_limited,
        }
        if spec.idle_limited:
            body["idle_expires_at"] = self._stamp(self._idle_expires())
        return body

    def _expires(self) -> float:
        return self._created + self._spec.lifetime_seconds

    def _idle_expires(self) -> float:
        return self._active + self._spec.idle_seconds if self._spec.idle_limited else float("inf")

    def _stamp(self, moment: float) -> str:
        return stamp(self._wall + moment)


def stamp(seconds: float) -> str:
    """RFC 3339 in UTC, to the second, as the contract's §1.6 has it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
