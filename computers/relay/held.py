"""What is pressed and not yet released. No sockets, no clock.

Buttons and modifiers are the ones that do harm when they stay pressed under somebody else's hands; they are what the
lease's row remembers. Ordinary keys are remembered here only, and released by the process that pressed them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from computers.wire.keys import MODIFIER_BITS
from computers.wire.screen import Input, Key, Pointer

_BUTTONS = frozenset({"left", "middle", "right", "back", "forward"})


@dataclass(slots=True)
class Held:
    """`buttons`: name → where it was last; `modifiers` and `keys`: code (or key) → key, in the order of their
    pressing."""

    buttons: dict[str, tuple[float, float]] = field(default_factory=dict)
    modifiers: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

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
        return held

    def noted(self) -> dict[str, Any]:
        """For the lease's row; empty when nothing that matters is pressed."""
        if not self.buttons and not self.modifiers:
            return {}
        return {
            "buttons": {name: list(place) for name, place in self.buttons.items()},
            "modifiers": self.modifiers,
        }

    def copy(self) -> Held:
        """An independent copy."""
        return Held(dict(self.buttons), dict(self.modifiers), dict(self.keys))

    def apply(self, item: Input) -> None:
        """`item` was sent."""
        if isinstance(item, Pointer):
            self._apply_pointer(item)
        elif isinstance(item, Key):
            self._apply_key(item)

    def is_release_of_held(self, item: Input) -> bool:
        """Whether `item` lets go of something that is pressed: such an item is always welcome from the holder."""
        if isinstance(item, Pointer):
            return item.action == "up" and item.button in self.buttons
        return (
            isinstance(item, Key)
            and item.action == "up"
            and (_name(item) in self.modifiers or _name(item) in self.keys)
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
            pressed[_name(item)] = item.key
        else:
            self.modifiers.pop(_name(item), None)
            self.keys.pop(_name(item), None)


def presses_what_is_noted(item: Input) -> bool:
    """Whether sending `item` presses something that the lease's row must know first."""
    if isinstance(item, Pointer):
        return item.action == "down"
    return isinstance(item, Key) and item.action == "down" and item.key in MODIFIER_BITS and not item.repeat


def _name(item: Key) -> str:
    return item.code or item.key
