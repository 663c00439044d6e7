"""What is pressed and not yet released. No sockets, no clock.

The lease's row remembers what may stay pressed under somebody else's hands when a process dies: buttons and modifiers,
before they are pressed, and an ordinary key once it has been down for long. What is typed is down for a tenth of a
second, is remembered here only, and is released by the process that pressed it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from computers.wire.keys import MODIFIER_BITS
from computers.wire.screen import Input, Key, Pointer

_BUTTONS = frozenset({"left", "middle", "right", "back", "forward"})
#: Nobody has more fingers.
_LASTING_LIMIT = 20


@dataclass(slots=True)
class Held:
    """`buttons`: name → where it was last; `modifiers` and `keys`: code (or key) → key, in the order of their
    pressing; `lasting`: those of `keys` that have been down for long."""

    buttons: dict[str, tuple[float, float]] = field(default_factory=dict)
    modifiers: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, noted: dict[str, Any]) -> Held:
        """From the lease's row; whatever is odd there is left out."""
        held = cls()
        for name, place in dict(noted.get("buttons") or {}).items():
            if name in _BUTTONS and isinstance(place, list) and len(place) == 2:
                held.buttons[name] = (float(place[0]), float(place[1]))
        for code, key in dict(noted.get("modifiers") or {}).items():
            if key in MODIFIER_BITS:
                held.modifiers[str(code)] = key
        keys = noted.get("keys")
        for code, key in keys.items() if isinstance(keys, dict) else ():
            held.keys[str(code)] = held.lasting[str(code)] = str(key)
        return held

    def noted(self) -> dict[str, Any]:
        """For the lease's row; empty when nothing that matters is pressed."""
        if not self.buttons and not self.modifiers and not self.lasting:
            return {}
        return {
            "buttons": {name: list(place) for name, place in self.buttons.items()},
            "modifiers": dict(self.modifiers),
            **({"keys": dict(self.lasting)} if self.lasting else {}),
        }

    def copy(self) -> Held:
        """An independent copy."""
        return Held(dict(self.buttons), dict(self.modifiers), dict(self.keys), dict(self.lasting))

    def apply(self, item: Input) -> None:
        """`item` was sent."""
        if isinstance(item, Pointer):
            self._apply_pointer(item)
        elif isinstance(item, Key):
            self._apply_key(item)

    def lasts(self, name: str) -> None:
        """The key `name` has been down for long, if it still is."""
        if name in self.keys and len(self.lasting) < _LASTING_LIMIT:
            self.lasting[name] = self.keys[name]

    def is_release_of_held(self, item: Input) -> bool:
        """Whether `item` lets go of something that is pressed: such an item is always welcome from the holder."""
        if isinstance(item, Pointer):
            return item.action == "up" and item.button in self.buttons
        return (
            isinstance(item, Key)
            and item.action == "up"
            and (name_of(item) in self.modifiers or name_of(item) in self.keys)
        )

    def releases(self) -> list[Pointer | Key]:
        """The items that release everything, buttons first, keys in reverse order of pressing."""
        items: list[Pointer | Key] = [
            Pointer("up", x, y, button, 0, 1, 0, 0.0, 0.0, 0, 0) for button, (x, y) in self.buttons.items()
        ]
        for code, key in reversed((self.modifiers | self.keys).items()):
            items.append(Key("up", key, code, 0, "", False, 0, 0))
        return items

    def _apply_pointer(self, item: Pointer) -> None:
        if item.action == "down" and item.button in _BUTTONS:
            self.buttons[item.button] = (item.x, item.y)
        elif item.action == "up":
            self.buttons.pop(item.button, None)
        for name in self.buttons:
            self.buttons[name] = (item.x, item.y)

    def _apply_key(self, item: Key) -> None:
        pressed = self.modifiers if item.key in MODIFIER_BITS else self.keys
        if item.action == "down":
            pressed[name_of(item)] = item.key
        else:
            for each in (self.modifiers, self.keys, self.lasting):
                each.pop(name_of(item), None)


def presses_what_is_noted(item: Input) -> bool:
    """Whether sending `item` presses something that the lease's row must know first."""
    if isinstance(item, Pointer):
        return item.action == "down"
    return isinstance(item, Key) and item.action == "down" and item.key in MODIFIER_BITS and not item.repeat


def name_of(item: Key) -> str:
    """What a key goes by: its place on the keyboard, or where that is not known its name."""
    return item.code or item.key
