"""What a person wishes for when they open a computer, checked before anything is asked of upstream."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from computers.actions.addresses import normalise
from computers.actions.refusal import Refused
from computers.models import Connection

#: Longest name, characters: the column's size.
NAME_LIMIT = 80
#: Longest side of a screen, pixels: Chromium draws no larger picture. How small it may be, upstream says.
SIDE_LIMIT = 16_384
#: Longest limit, minutes (a year): what is allowed, upstream says; this only keeps numbers sane.
MINUTES_LIMIT = 525_600

_SAVED_ID = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class NewComputer:
    """The form "New computer". None and "" leave the choice to upstream."""

    kind: str
    name: str = ""
    width: int | None = None
    height: int | None = None
    start_page: str = ""
    lifetime_minutes: int | None = None
    idle_minutes: int | None = None
    #: Save it when it ends.
    persistent: bool = False
    #: The saved computer to begin with.
    environment_id: str = ""

    def checked(self, connection: Connection) -> NewComputer:
        """This wish with its name and start page made whole; `Refused` for what cannot be asked for."""
        if self.kind not in connection.kinds:
            raise Refused(f"{connection.name} does not offer computers of the kind {self.kind[:16]}.", "kind")
        name = self.name.strip()
        if len(name) > NAME_LIMIT or not (name.isprintable() or not name):
            raise Refused(f"A name has at most {NAME_LIMIT} characters, all of them visible.", "name")
        self._check_size()
        self._check_minutes(self.lifetime_minutes, "The lifetime", "lifetime_minutes")
        self._check_minutes(self.idle_minutes, "The idle limit", "idle_minutes")
        if self.environment_id and not _SAVED_ID.fullmatch(self.environment_id):
            raise Refused("That is not the id of a saved computer.", "environment_id")
        start_page = normalise(self.start_page) if self.start_page.strip() else ""
        return replace(self, name=name, start_page=start_page)

    def as_request(self) -> dict[str, Any]:
        """The body of `POST /computers` (contract §3.1)."""
        body: dict[str, Any] = {"kind": self.kind}
        if self.width and self.height:
            body["display"] = {"width": self.width, "height": self.height, "scale": 1.0}
        if self.lifetime_minutes:
            body["max_lifetime_seconds"] = self.lifetime_minutes * 60
        if self.idle_minutes:
            body["inactivity_timeout_seconds"] = self.idle_minutes * 60
        if self.persistent:
            body["persistent"] = True
        if self.environment_id:
            body["environment_id"] = self.environment_id
        return body

    def _check_size(self) -> None:
        if (self.width is None) != (self.height is None):
            raise Refused("Please give both the width and the height, or neither.", "size")
        for side in (self.width, self.height):
            if side is not None and not 0 < side <= SIDE_LIMIT:
                raise Refused(f"Width and height are between 1 and {SIDE_LIMIT} pixels.", "size")

    def _check_minutes(self, minutes: int | None, what: str, code: str) -> None:
        if minutes is not None and not 0 < minutes <= MINUTES_LIMIT:
            raise Refused(f"{what} is between 1 and {MINUTES_LIMIT} minutes.", code)
