"""One plain imperative sentence, read as a step. What it does not understand it says; it guesses nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from .sentences import CLOSE, OPEN, Text
from .words import Target, address_of, keys_of, target_of

# fmt: off
Kind = Literal[
    "go", "click", "double_click", "right_click", "tick", "untick", "select", "type", "press", "scroll",
    "scroll_to", "wait", "wait_for", "read", "ask", "say", "look", "drag", "done", "unclear",
]
# fmt: on
MOST_STEPS = 200
LONGEST_SENTENCE = 2_000
"""Without what it quotes."""

MOST_PRESSES = 20
SCROLL_PIXELS = 500
LONG_WAY = 10_000
"""Further than any page that is scrolled to its end."""

LONGEST_WAIT_MS = 50_000
USUAL_WAIT_MS = 1000


@dataclass(frozen=True, slots=True)
class Step:
    kind: Kind
    words: str
    """The sentence it was read from."""

    target: Target | None = None
    to: Target | None = None
    text: str = ""
    keys: tuple[str, ...] = ()
    times: int = 1
    amount: tuple[int, int] = (0, 0)
    """How far to scroll, in pixels; of a wait its milliseconds, first."""


_MS = {"ms": 1, "m": 60_000, "s": 1000}


def steps_of(text: str) -> list[Step]:
    """Every step of an instruction, in order; sentences that are none come as `unclear`."""
    cut = Text(text)
    return bounded([step_of(cut, sentence) for sentence in islice(cut.sentences(), MOST_STEPS + 1)])


def bounded(steps: list[Step]) -> list[Step]:
    """Not more than are done in one conversation; what is left out is not left out silently."""
    if len(steps) <= MOST_STEPS:
        return steps
    return [*steps[: MOST_STEPS - 1], Step("ask", "and so on", text=f"I do {MOST_STEPS} steps at most.")]


def step_of(cut: Text, sentence: str) -> Step:
    words = " ".join(cut.plain(sentence).split())
    if len(sentence) > LONGEST_SENTENCE:
        return Step("unclear", words[:LONGEST_SENTENCE])
    for pattern, read in GRAMMAR:
        if match := pattern.match(sentence):
            step = read(cut, match, words)
            if step is not None:
                return step
    return Step("unclear", words)


Read = Callable[[Text, re.Match[str], str], Step | None]


def _go(cut: Text, match: re.Match[str], words: str) -> Step | None:
    address = address_of(
        cut.bare(re.sub(r"^(?:the\s+)?(?:page|site|address|url|website)\s+", "", match["what"]))
    )
    return Step("go", words, text=address) if address else None


def _press(cut: Text, match: re.Match[str], words: str) -> Step | None:
    keys = keys_of(cut.bare(match["what"]))
    if keys is None:
        return None
    times = {"once": 1, "twice": 2}.get((match["times"] or "1").lower()) or int(match["times"] or 1)
    return Step("press", words, keys=keys, times=min(max(times, 1), MOST_PRESSES))


def _pointing(kind: Kind) -> Read:
    def read(cut: Text, match: re.Match[str], words: str) -> Step | None:
        target = target_of(cut, match["what"])
        return Step(kind, words, target) if target else None

    return read


def _click(cut: Text, match: re.Match[str], words: str) -> Step | None:
    kinds: dict[str, Kind] = {"double": "double_click", "right": "right_click"}
    kind = kinds.get((match["how"] or "").lower(), "click")
    target = target_of(cut, match["what"])
    return Step(kind, words, target) if target else None


def _tick(cut: Text, match: re.Match[str], words: str) -> Step | None:
    target = target_of(cut, match["what"])
    return Step("untick" if match["un"] else "tick", words, target) if target else None


def _type(cut: Text, match: re.Match[str], words: str) -> Step | None:
    typed = match["text"].strip()
    text = cut.quotation(typed) if typed.startswith(OPEN) and typed.endswith(CLOSE) else cut.bare(typed)
    where = match.groupdict().get("where")
    target = target_of(cut, where) if where else None
    if text is None or (where and target is None):
        return None
    return Step("type", words, target, text=text)


def _select(cut: Text, match: re.Match[str], words: str) -> Step | None:
    option, target = target_of(cut, match["text"]), target_of(cut, match["where"])
    return Step("select", words, target, option, text=option.words) if option and target else None


def _scroll(cut: Text, match: re.Match[str], words: str) -> Step | None:
    if end := match["end"]:
        return Step("scroll", words, amount=(0, LONG_WAY if end.lower() == "bottom" else -LONG_WAY))
    far = min(int(match["far"] or SCROLL_PIXELS), LONG_WAY)
    across, down = {"left": (-1, 0), "right": (1, 0), "up": (0, -1)}.get((match["way"] or "").lower(), (0, 1))
    return Step("scroll", words, amount=(across * far, down * far))


def _wait(cut: Text, match: re.Match[str], words: str) -> Step | None:
    unit = (match["unit"] or "s").lower()
    factor = _MS["ms" if unit.startswith(("ms", "milli")) else unit[0]]
    milliseconds = float(match["count"]) * factor if match["count"] else USUAL_WAIT_MS
    return Step("wait", words, amount=(round(min(milliseconds, LONGEST_WAIT_MS)), 0))


def _ask(cut: Text, match: re.Match[str], words: str) -> Step | None:
    return Step("ask", words, text=cut.plain(match["what"] or "").strip(" ,:"))


def _say(cut: Text, match: re.Match[str], words: str) -> Step | None:
    return Step("say", words, text=cut.bare(match["what"]))


def _drag(cut: Text, match: re.Match[str], words: str) -> Step | None:
    target, to = target_of(cut, match["what"]), target_of(cut, match["to"])
    return Step("drag", words, target, to) if target and to else None


def _bare(kind: Kind) -> Read:
    return lambda cut, match, words: Step(kind, words)


def _grammar(*rules: tuple[str, Read]) -> list[tuple[re.Pattern[str], Read]]:
    return [(re.compile(pattern, re.IGNORECASE | re.DOTALL), read) for pattern, read in rules]


GRAMMAR = _grammar(
    (r"^(?:go|navigate|browse|head)\s+to\s+(?P<what>.+)$", _go),
    (r"^(?:open|visit|load)\s+(?P<what>.+)$", _go),
    (
        r"^(?:press|hit|push|strike)\s+(?:the\s+)?(?P<what>.+?)(?:\s+keys?)?"
        r"(?:\s+(?P<times>once|twice|\d{1,3}(?=\s+times))(?:\s+times)?)?$",
        _press,
    ),
    (r"^(?:select|choose|pick)\s+(?P<text>.+?)\s+(?:from|in)\s+(?P<where>.+)$", _select),
    (r"^(?:(?P<how>double|right)[-\s]?)?(?:click|tap)\s+(?P<what>.+)$", _click),
    (r"^(?P<how>)(?:press|push|hit|choose|select|pick|follow|open|go\s+to)\s+(?P<what>.+)$", _click),
    (r"^(?P<un>un)?(?:check|tick)\s+(?P<what>.+)$", _tick),
    (r"^(?:fill(?:\s+in)?|set)\s+(?P<where>.+?)\s+(?:with|to)\s+(?P<text>.+)$", _type),
    (r"^(?:type|enter|write|input|fill(?:\s+in)?|put)\s+(?P<text>.+?)\s+(?:into|in)\s+(?P<where>.+)$", _type),
    (r"^(?:type|enter|write|input)\s+(?P<text>.+)$", _type),
    (
        r"^scroll\s+(?:(?:down|up)\s+)?(?:all\s+the\s+way\s+)?to\s+the\s+(?P<end>bottom|top)\b.*$(?P<far>)(?P<way>)",
        _scroll,
    ),
    (r"^scroll\s+(?:(?:down|up)\s+)?(?:un)?(?:to|until|till)\s+(?P<what>.+)$", _pointing("scroll_to")),
    (
        r"^scroll(?:\s+the\s+page)?(?:\s+(?P<way>down|up|left|right))?(?:\s+by)?"
        r"(?:\s+(?P<far>\d{1,6})\s*(?:px|pixels?)?|\s+a\s+(?:bit|little))?(?P<end>(?!))?$",
        _scroll,
    ),
    (
        r"^(?:wait|pause|sleep)(?:\s+for)?\s+(?P<count>\d{1,6}(?:\.\d{1,3})?)\s*"
        r"(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?)?$",
        _wait,
    ),
    (r"^wait(?:(?:\s+for)?\s+a\s+(?:moment|second|bit))?(?P<count>(?!))?(?P<unit>(?!))?$", _wait),
    (
        r"^wait\s+(?:for|until|till)\s+(?P<what>.+?)(?:\s+(?:to\s+)?(?:appears?|be\s+(?:there|visible)|"
        r"is\s+(?:there|visible|shown)|shows(?:\s+up)?))?$",
        _pointing("wait_for"),
    ),
    (r"^(?:read|report|extract|tell\s+me)\s+(?:out\s+)?(?P<what>.+)$", _pointing("read")),
    (
        r"^(?:ask|let|have|get|hand\s+(?:this\s+|it\s+)?over\s+to|call)\s+(?:a\s+|the\s+|some\s*)?"
        r"(?:person|human|operator|one|body|user|me|colleague)\b(?:\s+(?:to|for|whether|if|:)\b)?(?P<what>.*)$",
        _ask,
    ),
    (r"^drag\s+(?P<what>.+?)\s+(?:to|onto|into|over)\s+(?P<to>.+)$", _drag),
    (r"^(?:say|answer|reply)\s+(?P<what>.+)$", _say),
    (r"^(?:take|make)\s+a\s+(?:screenshot|picture)$|^look(?:\s+at\s+the\s+(?:page|screen))?$", _bare("look")),
    (r"^(?:done|finish|stop|end|that(?:'s|\s+is)\s+(?:all|it))$", _bare("done")),
)
