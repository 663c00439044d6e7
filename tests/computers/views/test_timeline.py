"""A timeline is read in pages, filtered, and exported whole."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable

import pytest
from django.http import StreamingHttpResponse
from django.test import Client

from computers.models import Computer, Kind, TimelineEvent
from dashboard.models import Outcome, User
from tests.computers.views.conftest import Windows

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def vera_reads(window: Windows, vera: User) -> Client:
    return window(vera)


def fill(computer: Computer, count: int, **fields: object) -> None:
    given = {"kind": Kind.ACTION, **fields}
    first = TimelineEvent.objects.filter(computer=computer).count() + 1
    TimelineEvent.objects.bulk_create(
        TimelineEvent(computer=computer, number=number, **{"sentence": f"did {number}", **given})
        for number in range(first, first + count)
    )


def ask(client: Client, computer: Computer, query: str = "") -> str:
    answer = client.get(f"/computers/{computer.public_id}/timeline/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


async def whole(answer: StreamingHttpResponse) -> bytes:
    return b"".join([piece async for piece in answer])


def numbers(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'data-number="(\d+)"', html)]


def marks(html: str) -> tuple[str, ...]:
    """The newest number known, whether there is something earlier, whether all that was asked for is there."""
    found = [re.search(rf'data-{name}="(\w+)"', html) for name in ("last", "earlier", "complete")]
    return tuple(one[1] if one else "" for one in found)


def test_the_newest_fifty_come_first(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 120)
    html = ask(vera_reads, computer)
    assert numbers(html) == list(range(71, 121))
    assert marks(html) == ("120", "yes", "yes")


def test_earlier_ones_are_asked_for_by_number(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 120)
    assert numbers(ask(vera_reads, computer, "before=71")) == list(range(21, 71))
    html = ask(vera_reads, computer, "before=21")
    assert numbers(html) == list(range(1, 21))
    assert marks(html) == ("120", "no", "yes")


def test_everything_since_a_number_is_asked_for_after_a_gap(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 120)
    html = ask(vera_reads, computer, "after=10")
    assert numbers(html) == list(range(11, 121))
    assert marks(html) == ("120", "no", "yes")


def test_of_too_many_new_ones_only_some_come_and_it_says_so(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 500)
    html = ask(vera_reads, computer, "after=0")
    assert numbers(html) == list(range(1, 301))
    assert marks(html) == ("500", "no", "no")


def test_an_empty_timeline_is_no_error(vera_reads: Client, computer: Computer) -> None:
    assert numbers(ask(vera_reads, computer)) == []


def test_the_numbers_of_another_computer_find_nothing_here(
    vera_reads: Client, make_computer: Callable[..., Computer]
) -> None:
    one, other = make_computer(), make_computer()
    fill(other, 20)
    assert numbers(ask(vera_reads, one, "after=10")) == []
    assert numbers(ask(vera_reads, one, "before=15")) == []


@pytest.mark.parametrize(
    "query",
    [
        "after=abc", "after=-1", "after=1.5", "after=99999999999999999999", "after=9223372036854775808",
        "before=%00", "before=²", "after=1&before=2", "kind=nonsense", "by=me", "by=-3",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_said(vera_reads: Client, computer: Computer, query: str) -> None:
    answer = vera_reads.get(f"/computers/{computer.public_id}/timeline/?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")


def test_a_number_that_is_far_away_finds_nothing(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 3)
    assert numbers(ask(vera_reads, computer, "after=9223372036854775807")) == []


def test_the_filter_leaves_the_others_out(
    vera_reads: Client, computer: Computer, alice: User, bob: User
) -> None:
    fill(computer, 3, kind=Kind.INPUT, actor_id_copy=bob.pk, actor_name="Bob")
    fill(computer, 2, kind=Kind.CONTROL, actor_id_copy=alice.pk, actor_name="Alice")
    fill(computer, 1, outcome=Outcome.FAILED)
    fill(computer, 1, outcome=Outcome.UNKNOWN, kind=Kind.INPUT)
    fill(computer, 1, outcome=Outcome.SUCCEEDED)
    assert numbers(ask(vera_reads, computer, "kind=input")) == [1, 2, 3, 7]
    assert numbers(ask(vera_reads, computer, "errors=1")) == [6, 7]
    assert numbers(ask(vera_reads, computer, f"by={alice.pk}")) == [4, 5]
    assert numbers(ask(vera_reads, computer, "by=0")) == [6, 7, 8]
    assert numbers(ask(vera_reads, computer, "kind=input&errors=1&by=0")) == [7]
    assert numbers(ask(vera_reads, computer, "after=2&kind=input")) == [3, 7]


def test_the_newest_page_names_the_people_to_filter_by(
    vera_reads: Client, computer: Computer, bob: User
) -> None:
    fill(computer, 3, actor_id_copy=bob.pk, actor_name="Bob")
    assert f'<option value="{bob.pk}">Bob</option>' in ask(vera_reads, computer)


def test_an_entry_opens_to_its_request_its_result_and_its_request_id(
    vera_reads: Client, computer: Computer
) -> None:
    fill(
        computer, 1, request={"url": HOSTILE}, result={"title": "Shop"}, request_id="req_42", milliseconds=420
    )
    html = ask(vera_reads, computer)
    assert "<details>" in html and "req_42" in html and "0.4 s" in html
    assert "&quot;title&quot;: &quot;Shop&quot;" in html
    assert HOSTILE not in html


def test_what_went_wrong_says_so_in_a_word(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 1, outcome=Outcome.FAILED)
    fill(computer, 1, outcome=Outcome.UNKNOWN)
    html = ask(vera_reads, computer)
    assert re.search(r"</svg>\s*failed", html) and re.search(r"</svg>\s*outcome unknown", html)


def test_a_hostile_sentence_is_text(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 1, sentence=f"opened {HOSTILE}", actor_name=HOSTILE, step={"type": "click"})
    assert HOSTILE not in ask(vera_reads, computer)


def test_only_what_a_macro_could_repeat_can_be_selected(vera_reads: Client, computer: Computer) -> None:
    fill(computer, 1, step={"type": "click", "x": 1, "y": 2}, sentence="clicked (1, 2)")
    fill(computer, 1)
    html = ask(vera_reads, computer)
    assert html.count("data-choice") == 1
    assert 'aria-label="Select for a macro: clicked (1, 2)"' in html


def test_the_export_is_every_entry_as_json_lines(vera_reads: Client, computer: Computer, bob: User) -> None:
    fill(computer, 1201)
    fill(computer, 1, actor_id_copy=bob.pk, actor_name="Bob", request={"url": "https://a.example"},
         outcome=Outcome.FAILED, request_id="req_1", milliseconds=7)  # fmt: skip
    answer = vera_reads.get(f"/computers/{computer.public_id}/timeline/export/")
    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["Content-Disposition"] == f'attachment; filename="timeline-{computer.public_id}.jsonl"'
    assert isinstance(answer, StreamingHttpResponse)
    lines = [json.loads(line) for line in asyncio.run(whole(answer)).splitlines()]
    assert [line["number"] for line in lines] == list(range(1, 1203))
    last = lines[-1]
    assert (last["by"], last["outcome"], last["request_id"]) == ("Bob", "failed", "req_1")
    assert last["request"] == {"url": "https://a.example"}
