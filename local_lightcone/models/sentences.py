"""Plain text cut into the sentences of an instruction. What stands in quotation marks is never cut or read."""

import re
from bisect import bisect_right
from collections.abc import Iterator

LONGEST_QUOTE = 20_000
MOST_NUMBERS = 200
OPEN, CLOSE = "\ue000", "\ue001"
"""A quotation is replaced by its number between these two, which no keyboard types."""

PAIRS = {"'": "'", '"': '"', "`": "`", "“": "”", "”": "”", "‘": "’", "«": "»", "»": "«", "„": "“”", "‚": "‘’"}
VERBS = (
    *(
        "go",
        "navigate",
        "browse",
        "open",
        "visit",
        "load",
        "click",
        "double-click",
        "double",
        "right-click",
        "right",
    ),
    *(
        "tap",
        "press",
        "hit",
        "push",
        "choose",
        "select",
        "pick",
        "check",
        "tick",
        "uncheck",
        "untick",
        "follow",
    ),
    *(
        "type",
        "enter",
        "write",
        "input",
        "fill",
        "put",
        "set",
        "scroll",
        "wait",
        "read",
        "report",
        "tell",
        "extract",
    ),
    *("ask", "let", "hand", "take", "drag", "say", "finish", "stop", "clear", "look", "hover", "submit"),
)
_VERB = rf"(?:{'|'.join(VERBS)})\b"
_CUT = re.compile(
    rf"\n+|;|(?<=[.!?])\s+|[.!]$"
    rf"|,?\s*\b(?:and\s+then|then|after\s+that|afterwards)\b[,:]?\s+"
    rf"|,\s*(?:and\s+)?(?=(?:please\s+)?{_VERB})|\s+and\s+(?=(?:please\s+)?{_VERB})",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s*1[.)]\s")
_LEAD = re.compile(
    r"^\s*(?:[-*•–—]\s)?\s*(?:step\s+\d{1,3}\s*[:.)]\s*)?"
    r"(?:(?:first(?:ly)?|next|now|finally|lastly|also|please)\b[,:]?\s*)*",
    re.IGNORECASE,
)
_QUOTED = re.compile(f"{OPEN}(\\d+){CLOSE}")


def _unnumbered(text: str) -> str:
    """A list that counts from 1 is cut at its numbers, also where it stands on one line."""
    text = re.sub(r"(?m)^\s*\d{1,3}[.)]\s+", "\n", text) if (counted := _COUNTED.match(text)) else text
    number, at = 2, 0
    while counted and number <= MOST_NUMBERS and (mark := re.compile(rf"\s{number}[.)]\s+").search(text, at)):
        text = f"{text[: mark.start()]}\n{text[mark.end() :]}"
        number, at = number + 1, mark.start()
    return text


class Text:
    """A text whose quotations are hidden, so that patterns see only what is not quoted."""

    def __init__(self, text: str) -> None:
        self.quotes: list[str] = []
        self._ends: dict[str, list[int]] = {}
        masked = self._mask(text.replace(OPEN, "").replace(CLOSE, "").replace("\r", "\n"))
        # No pattern ever meets a run of blanks, which some would read again from each of its places.
        self.masked = re.sub(r"\n\s*", "\n", re.sub(r"[^\S\n]+", " ", masked))

    def sentences(self) -> Iterator[str]:
        """Still masked, without list marks and politeness."""
        for part in _CUT.split(_unnumbered(self.masked)):
            if sentence := _LEAD.sub("", part.strip()).strip().rstrip(".,!:").strip():
                yield sentence

    def plain(self, masked: str) -> str:
        """As it was written, with straight quotation marks."""
        return _QUOTED.sub(lambda match: f"'{self.quotes[int(match[1])]}'", masked)

    def bare(self, masked: str) -> str:
        """As it was written, without quotation marks."""
        return _QUOTED.sub(lambda match: self.quotes[int(match[1])], masked)

    def quotation(self, masked: str) -> str | None:
        """The first one inside."""
        match = _QUOTED.search(masked)
        return self.quotes[int(match[1])] if match else None

    def without_quotes(self, masked: str) -> str:
        return " ".join(_QUOTED.sub(" ", masked).split())

    def _mask(self, text: str) -> str:
        out: list[str] = []
        at = 0
        while at < len(text):
            end = self._end(text, at) if self._begins(text, at) else None
            if end is None:
                out.append(text[at])
                at += 1
                continue
            out.append(f"{OPEN}{len(self.quotes)}{CLOSE}")
            self.quotes.append(text[at + 1 : end])
            at = end + 1
        return "".join(out)

    @staticmethod
    def _begins(text: str, at: int) -> bool:
        """An apostrophe inside a word begins nothing."""
        return text[at] in PAIRS and (at == 0 or not (text[at - 1].isalnum() or text[at - 1] in "/="))

    def _end(self, text: str, at: int) -> int | None:
        """The first mark behind `at` that can close it: a word does not go on behind it."""
        closing = PAIRS[text[at]]
        if closing not in self._ends:
            self._ends[closing] = [
                end
                for end, character in enumerate(text)
                if character in closing and not text[end + 1 : end + 2].isalnum()
            ]
        ends = self._ends[closing]
        index = bisect_right(ends, at)
        return ends[index] if index < len(ends) and ends[index] - at <= LONGEST_QUOTE else None
