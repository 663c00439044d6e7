"""One verb on many: a question that names the count, then every one's own result, refusals included."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from computers.views.common import REFUSALS, explained
from dashboard.htmx import is_htmx

#: Most that can be chosen at once, and calls that are under way at a time.
LIMIT, AT_ONCE = 500, 8
#: Names that the question lists before it says how many more.
NAMED = 12

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of those that are asked about; `note` is what one should know of it."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one."""

    name: str
    address: str
    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Question:
    """`title` names the count. `ids` are those whose boxes were checked; `asks` is the field to
    fill in, `hidden` goes along unseen."""

    title: str
    yes: str
    ids: list[str]
    chosen: list[Chosen]
    skipped: str = ""
    warning: str = ""
    asks: str = ""
    danger: bool = False
    hidden: tuple[tuple[str, str], ...] = ()

    @property
    def named(self) -> list[Chosen]:
        """Those that are listed: whatever one should know of comes first."""
        return sorted(self.chosen, key=lambda each: not each.note)[:NAMED]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return len(self.chosen) - len(self.named)


def chosen_ids(request: HttpRequest) -> list[str]:
    """The computers whose boxes are checked, each once."""
    data = request.POST if request.method == "POST" else request.GET
    return list(dict.fromkeys(data.getlist("computers")))


def count(number: int, word: str) -> str:
    """ "1 computer", "3 computers"."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


async def side_by_side(
    items: Sequence[T],
    act: Callable[[T], Awaitable[tuple[bool, str]]],
    named: Callable[[T], tuple[str, str]],
) -> list[Done]:
    """`act` on each, `AT_ONCE` at a time; it tells whether it is done, and a sentence. `named` gives name and
    address."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> Done:
        async with free:
            try:
                ok, sentence = await act(item)
            except REFUSALS as refusal:
                ok, sentence = False, explained(refusal)[0]
        return Done(*named(item), ok, sentence)

    return list(await asyncio.gather(*map(one, items)))


def ask(request: HttpRequest, question: Question, trouble: str = "", status: int = 200) -> HttpResponse:
    """The question, as a dialog or a page."""
    text = request.POST.get(question.asks, "")
    return _page(request, {"question": question, "trouble": trouble, "text": text}, status)


def nothing(request: HttpRequest, sentence: str) -> HttpResponse:
    """There is nobody to do it to."""
    return _page(request, {"trouble": sentence}, 422)


def told(request: HttpRequest, results: list[Done], done: str) -> HttpResponse:
    """What came of each: those that did not work first."""
    worked = sum(each.ok for each in results)
    said = f"{worked} of {len(results)} {'was' if worked == 1 else 'were'} {done}."
    results = sorted(results, key=lambda each: each.ok)
    return _page(request, {"results": results, "said": said}, 200)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    page = "computers/bulk/_dialog.html" if is_htmx(request) else "computers/bulk/page.html"
    return render(request, page, context, status=status)
