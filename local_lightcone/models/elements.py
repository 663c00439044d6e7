"""What a page shows, as it was when its picture was taken, and how words are matched to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from .words import Target

CLICKED = frozenset(
    (
        "button",
        "link",
        "checkbox",
        "radio",
        "switch",
        "tab",
        "menuitem",
        "option",
        "combobox",
        "textbox",
        "label",
    )
)
TEXTS = frozenset(("textbox",))
MOST_NAMED = 4
GRID = 1000
"""A model's coordinates count in thousandths of the picture, from 0 to 999 (contract §1.6)."""


@dataclass(frozen=True, slots=True)
class Element:
    role: str
    tag: str
    names: tuple[str, ...]
    """What it may be called by, the likeliest first."""

    x: float
    y: float
    """Where it is pointed at, in CSS pixels from the picture's top left; outside of it if it must be scrolled to."""

    seen: bool
    covered: bool = False
    checked: bool = False
    filled: bool = False
    disabled: bool = False
    value: str = ""
    """What is chosen in a list. What stands in a field is not looked at."""

    @property
    def name(self) -> str:
        return self.names[0] if self.names else ""

    def __str__(self) -> str:
        return f"{self.role or self.tag} '{self.name[:60]}'"


@dataclass(frozen=True, slots=True)
class Sight:
    """The elements of one picture."""

    width: float
    height: float
    title: str
    url: str
    elements: tuple[Element, ...]
    partial: bool = False
    """Whether the page has more elements than were looked at."""

    def point(self, element: Element) -> tuple[int, int]:
        return _grid(element.x, self.width), _grid(element.y, self.height)


class NotFound(Exception):
    """The message says what is, or is not, there."""


def find(
    sight: Sight, target: Target, roles: frozenset[str] = frozenset(), *, alike: bool = False
) -> Element:
    """The one element that is meant. Things of these roles come first; a field to type into must be one.

    `alike`: of several with the same words any will do.
    """
    near = [element for element in sight.elements if element.role in TEXTS or roles != TEXTS]
    near = [element for element in near if element.role == target.role] or near
    fitting = _best([element for element in near if element.role in roles], target.words)
    # What is no control is meant only by its whole text, not by a word in it.
    fitting = fitting or _best(near, target.words, parts=not roles)
    fitting = _at_hand(fitting)
    if not fitting:
        raise NotFound(_nothing(sight, target, roles))
    if target.nth is not None:
        return _nth(target, fitting)
    if len(fitting) > 1 and not (alike and len({(e.name, e.value) for e in fitting}) == 1):
        raise NotFound(
            f"I see {len(fitting)} things called {target}: {_listed(fitting)}. Which: the first, the second?"
        )
    if fitting[0].disabled and roles:
        raise NotFound(f"{target} is switched off.")
    if fitting[0].covered:
        raise NotFound(f"Something covers {target}.")
    return fitting[0]


def shows(sight: Sight, target: Target) -> bool:
    """Whether anything of that name is on the page, in the picture or beyond it."""
    return bool(_best(list(sight.elements), target.words))


def _at_hand(elements: list[Element]) -> list[Element]:
    for good in (
        [e for e in elements if e.seen and not e.covered and not e.disabled],
        [e for e in elements if not e.covered and not e.disabled],
    ):
        if good:
            return good
    return elements


def _best(elements: list[Element], words: str, *, parts: bool = True) -> list[Element]:
    """Those it is exactly the name of; else another name; else a tag; else a part of a name. `#…` is an id."""
    if words.startswith("#") and " " not in words:
        return [e for e in elements if words[1:] in e.names]
    wanted = _plain(words)
    first = [e for e in elements if _plain(e.name) == wanted]
    if first:
        return first
    other = [e for e in elements if any(_plain(name) == wanted for name in e.names)]
    if other:
        return other
    tagged = [e for e in elements if e.tag == wanted]
    if tagged or not parts:
        return tagged
    whole = [e for e in elements if any(f" {wanted} " in f" {_plain(name)} " for name in e.names)]
    return whole if wanted else []


def _nth(target: Target, fitting: list[Element]) -> Element:
    ordered = sorted(fitting, key=lambda element: (round(element.y), element.x))
    assert target.nth is not None
    number = target.nth - 1 if target.nth > 0 else len(ordered) - 1
    if number >= len(ordered):
        raise NotFound(f"I see only {len(ordered)} called {target}.")
    return ordered[number]


def _nothing(sight: Sight, target: Target, roles: frozenset[str]) -> str:
    what = f"a field called {target}" if roles == TEXTS else f"{target}"
    rest = " I was shown only a part of this page's elements." if sight.partial else ""
    return f"I do not see {what} on this page.{rest}"


def _listed(elements: Iterable[Element]) -> str:
    shown = list(elements)
    rest = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    return ", ".join(str(element) for element in shown[:MOST_NAMED]) + rest


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).strip(" :*…")


def _grid(position: float, length: float) -> int:
    return max(0, min(GRID - 1, int(position / length * GRID))) if length > 0 else 0
