"""Plain imperative sentences, read as steps."""

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_lightcone.models.steps import MOST_STEPS, Step, steps_of
from local_lightcone.models.words import Target, keys_of
from tests.support.processes import ROOT

WORDS = [
    "go to",
    "click",
    "type",
    "into",
    "'",
    '"',
    "“",
    "”",
    "‘",
    "`",
    "then",
    "and",
    ";",
    ".",
    "\n",
    "1.",
    "2)",
    "x.com",
]
WORDS += [
    "press",
    "Enter",
    "ctrl+",
    "scroll",
    "down",
    "wait",
    "9999999",
    "seconds",
    "\ue000",
    "\ue0010",
    "«",
    "the second",
]


ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def only(text: str) -> Step:
    (step,) = steps_of(text)
    return step


@pytest.mark.parametrize(
    ("sentence", "url"),
    [
        ("go to example.com", "https://example.com"),
        ("Go to https://example.com/a?b=1#c.", "https://example.com/a?b=1#c"),
        ("Open 'http://10.0.0.1:8000/x'", "http://10.0.0.1:8000/x"),
        ("visit localhost:3000", "http://localhost:3000"),
        ("navigate to the page example.org/x", "https://example.org/x"),
        ("go to about:blank", "about:blank"),
    ],
)
def test_addresses_are_what_people_write(sentence: str, url: str) -> None:
    step = only(sentence)
    assert (step.kind, step.text) == ("go", url)


@pytest.mark.parametrize(
    ("sentence", "kind", "target"),
    [
        ("click 'Sign in'", "click", Target("Sign in")),
        ("Please click on the “Sign in” button!", "click", Target("Sign in", "button")),
        ("Click the second `Edit` link", "click", Target("Edit", "link", 2)),
        ("click the last 'Edit'", "click", Target("Edit", None, -1)),
        ("tap Sign in", "click", Target("Sign in")),
        ("click the button 'OK'", "click", Target("OK", "button")),
        ("press 'Submit'", "click", Target("Submit")),
        ("open «Settings»", "click", Target("Settings")),
        ("double-click 'Title'", "double_click", Target("Title")),
        ("right click 'Title'", "right_click", Target("Title")),
        ("tick the 'Keep' checkbox", "tick", Target("Keep", "checkbox")),
        ("uncheck 'Keep'", "untick", Target("Keep")),
        ("scroll down to 'Footer'", "scroll_to", Target("Footer")),
        ("wait for 'Welcome' to appear", "wait_for", Target("Welcome")),
        ("wait until 'Welcome' is visible", "wait_for", Target("Welcome")),
        ("read 'h1'", "read", Target("h1")),
        ("click 'Don't do; it. Then?'", "click", Target("Don't do; it. Then?")),
    ],
)
def test_a_step_points_at_something(sentence: str, kind: str, target: Target) -> None:
    step = only(sentence)
    assert (step.kind, step.target) == (kind, target)


@pytest.mark.parametrize(
    ("sentence", "text", "where"),
    [
        ("type 'x' into 'Email'", "x", "Email"),
        ('Type "it\'s; a, b then c" into the Email field', "it's; a, b then c", "Email"),
        ("fill 'Email' with 'x y'", "x y", "Email"),
        ("enter hello world in the 'Search' box", "hello world", "Search"),
        ("type 'a\nb'", "a\nb", None),
        ("write hello", "hello", None),
    ],
)
def test_text_is_typed_as_it_stands(sentence: str, text: str, where: str | None) -> None:
    step = only(sentence)
    assert (step.kind, step.text) == ("type", text)
    assert (step.target.words if step.target else None) == where


@pytest.mark.parametrize(
    ("sentence", "keys", "times"),
    [
        ("press Enter", ("enter",), 1),
        ("hit the Tab key 3 times", ("tab",), 3),
        ("press Ctrl + Shift + A", ("ctrl", "shift", "A"), 1),
        ("press 'Escape' twice", ("escape",), 2),
        ("press a", ("a",), 1),
        ("press Page Down 999 times", ("pagedown",), 20),
    ],
)
def test_keys_are_pressed(sentence: str, keys: tuple[str, ...], times: int) -> None:
    step = only(sentence)
    assert (step.kind, step.keys, step.times) == ("press", keys, times)


@pytest.mark.parametrize(
    ("sentence", "kind", "amount"),
    [
        ("scroll down", "scroll", (0, 500)),
        ("scroll up by 300 pixels", "scroll", (0, -300)),
        ("Scroll right 40px", "scroll", (40, 0)),
        ("scroll to the top", "scroll", (0, -10_000)),
        ("wait 2 seconds", "wait", (2000, 0)),
        ("wait 300ms", "wait", (300, 0)),
        ("wait for 1.5 s", "wait", (1500, 0)),
        ("wait 10 minutes", "wait", (50_000, 0)),
        ("wait a moment", "wait", (1000, 0)),
    ],
)
def test_amounts_have_units_and_bounds(sentence: str, kind: str, amount: tuple[int, int]) -> None:
    step = only(sentence)
    assert (step.kind, step.amount) == (kind, amount)


@pytest.mark.parametrize(
    "text",
    [
        "go to x.com, click 'A' and press Enter",
        "1. go to x.com\n2. click 'A'\n3. press Enter",
        "1. go to x.com 2. click 'A' 3. press Enter",
        "- Go to x.com\n• click 'A'\n* press Enter",
        "First, go to x.com. Next, click 'A'. Finally press Enter.",
        "go to x.com; click 'A', then press Enter!",
        "Step 1: go to x.com\nStep 2: click 'A' and then press Enter",
        "go to x.com\r\n\r\nclick 'A'\r\npress Enter\r\n",
    ],
)
def test_steps_are_separated_in_many_ways(text: str) -> None:
    assert [step.kind for step in steps_of(text)] == ["go", "click", "press"]


@pytest.mark.parametrize(
    "sentence", ["make me happy", "if it rains click 'A'", "clicked 'A'", "don't press Enter", "'"]
)
def test_what_is_no_step_is_unclear(sentence: str) -> None:
    assert steps_of(sentence)[0].kind == "unclear"


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("ask a person to sign in", "sign in"),
        ("Ask the user: which one?", "which one?"),
        ("hand over to a human", ""),
    ],
)
def test_a_person_is_asked(sentence: str, why: str) -> None:
    step = only(sentence)
    assert (step.kind, step.text) == ("ask", why)


def test_an_instruction_has_an_end() -> None:
    steps = steps_of("press Enter\n" * 1000)
    assert len(steps) == MOST_STEPS
    assert (steps[-1].kind, steps[-1].text) == ("ask", f"I do {MOST_STEPS} steps at most.")
    assert all(step.kind == "press" for step in steps_of("press Enter\n" * MOST_STEPS))


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000,
        "click" + " " * 99_000,
        "“a " * 33_000,
        "'" * 100_000,
        "type a " + "in " * 33_000,
        "1. " * 33_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    steps_of(text)
    assert time.process_time() - began < 3


@ANY
@given(st.text(max_size=300) | st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    for step in steps_of(text):
        assert step.words and "\n" not in step.words
        assert "\ue000" not in step.words
        assert step.kind != "go" or step.text.startswith(("http", "data:", "about:", "HTTP", "Http"))


@ANY
@given(st.text(max_size=30))
def test_any_key_is_known_or_not(text: str) -> None:
    keys = keys_of(text)
    assert keys is None or all(keys)


@ANY
@given(
    st.text(
        alphabet=st.characters(exclude_characters='"\ue000\ue001\r', exclude_categories=["Cs"]), max_size=50
    )
)
def test_what_is_quoted_is_typed_unchanged(text: str) -> None:
    step = only(f'type "{text}" into "Email"')
    assert (step.kind, step.text) == ("type", text)


def test_every_example_of_the_documentation_is_understood() -> None:
    rows = re.findall(
        r"^\| ([^|]+?) \|", (ROOT / "docs/local-model.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    examples = [each.replace("…", "'x'") for row in rows if row != "step" for each in row.split(" · ")]
    assert len(examples) >= 30
    for example in examples:
        assert [step.kind for step in steps_of(example)] not in ([], ["unclear"]), example
