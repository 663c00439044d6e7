"""The words of a step that name something: a thing on the page, an address, keys."""

import re
from dataclasses import dataclass

from ..actions.keys import find_key
from .sentences import OPEN, Text


@dataclass(frozen=True, slots=True)
class Target:
    """What a step points at: the words on it, perhaps what kind of thing it is, and which of several."""

    words: str
    role: str | None = None
    nth: int | None = None
    """From 1; -1 is the last."""

    def __str__(self) -> str:
        return f"'{self.words}'"


ROLES = {
    "button": "button",
    "link": "link",
    "field": "textbox",
    "box": "textbox",
    "textbox": "textbox",
    "text box": "textbox",
    "text field": "textbox",
    "input": "textbox",
    "input field": "textbox",
    "search box": "textbox",
    "checkbox": "checkbox",
    "check box": "checkbox",
    "radio button": "radio",
    "option": "option",
    "tab": "tab",
    "menu": "menu",
    "menu item": "menuitem",
    "heading": "heading",
    "image": "img",
    "icon": "img",
    "dropdown": "combobox",
    "list": "combobox",
    "text": "text",
    "element": "",
}
NTH = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "fifth": 5,
    "5th": 5,
}
_ROLE = "|".join(sorted(ROLES, key=len, reverse=True))
_TARGET = re.compile(
    rf"^(?:on\s+|at\s+)?(?:the\s+|a\s+|an\s+)?(?:(?P<nth>{'|'.join(NTH)}|last)\s+)?(?:(?P<before>{_ROLE})\s+"
    rf"(?:called\s+|named\s+|labell?ed\s+|with\s+(?:the\s+)?text\s+)?(?={OPEN}))?(?P<words>.+?)(?:\s+(?P<after>{_ROLE}))?$",
    re.IGNORECASE,
)
_HOST = re.compile(r"^(?:[\w-]+\.)+[a-z][\w-]*\.?(?::\d+)?(?:[/?#]\S*)?$", re.IGNORECASE)
_NEAR = re.compile(
    r"^(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\])(?::\d+)?(?:[/?#]\S*)?$", re.IGNORECASE
)


def target_of(cut: Text, phrase: str) -> Target | None:
    match = _TARGET.match(phrase.strip())
    if match is None:
        return None
    words = cut.quotation(match["words"]) or cut.bare(match["words"])
    role = match["before"] or match["after"]
    nth = match["nth"]
    words = " ".join(words.split())
    if not words:
        return None
    return Target(words, ROLES[role.lower()] or None if role else None, _nth(nth) if nth else None)


def address_of(text: str) -> str | None:
    """The address that somebody wrote as people write it, or None."""
    text = text.strip()
    lowered = text.lower()
    if lowered.startswith(("http://", "https://", "data:")) or lowered == "about:blank":
        return text if len(text.split()) == 1 or lowered.startswith("data:") else None
    if _NEAR.match(text):
        return f"http://{text}"
    return f"https://{text}" if _HOST.match(text) else None


def keys_of(text: str) -> tuple[str, ...] | None:
    """The keys of `Enter` or `Ctrl+Shift+A`, or None if they are none."""
    parts = [part.strip() for part in re.split(r"\s*\+\s*|\s*-\s*(?=\S)", text.strip())]
    if text.strip() in ("+", "-"):
        parts = [text.strip()]
    parts = [part.replace(" ", "") if len(part) > 1 else part for part in parts]
    if not parts or len(parts) > 5 or not all(part and find_key(part) for part in parts):
        return None
    return tuple(part.lower() if len(part) > 1 else part for part in parts)


def _nth(word: str) -> int:
    return NTH.get(word.lower(), -1)
