"""A place beyond the screen is refused where the size is known, by whatever verb it comes; elsewhere it is sent on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from computers import leases
from computers.actions import Invalid, generic, pointer
from computers.actions.batch import batch
from computers.actions.edges import Screen, screen_of
from computers.models import Computer
from computers.relay.hub import HUB
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers.conftest import audit, fresh
from tests.computers.stub import Answer, Upstream

Verb = Callable[[Actor, Computer], Awaitable[Any]]
GOOD = {"status": "SUCCESS"}
CLICK = {"type": "click", "x": 1280, "y": 0}


async def driven(actor: Actor, computer: Computer, **row: Any) -> Computer:
    await unit(Computer.objects.filter(pk=computer.pk).update)(**{"width": 1280, "height": 720, **row})
    await leases.take(computer, actor)
    return await fresh(computer)


BEYOND: dict[str, tuple[Verb, str, str]] = {
    "click": (
        lambda a, c: pointer.click(a, c, 1280, 0), "x", "x must be between 0 and 1279: the screen is 1280 × 720."
    ),
    "down": (lambda a, c: pointer.mouse_down(a, c, 0, 720), "y", "y must be between 0 and 719: "),
    "up": (lambda a, c: pointer.mouse_up(a, c, 0, 7200), "y", "y must be between 0 and 719: "),
    "scroll": (lambda a, c: pointer.scroll(a, c, 0, 9000, 5000, 1), "x", "x must be between 0 and 1279: "),
    "drag": (lambda a, c: pointer.drag(a, c, 0, 0, 1, 720.5), "y2", "To y must be between 0 and 719: "),
    "execute": (lambda a, c: generic.execute(a, c, CLICK), "action", "x must be between 0 and 1279: "),
    "below zero": (
        lambda a, c: generic.execute(a, c, {"type": "click", "x": -1, "y": 0}), "action", "x must be between 0 and"
    ),
    "path": (
        lambda a, c: generic.execute(a, c, {"type": "drag", "path": [{"x": 1, "y": 1}, {"x": 1, "y": 900}]}),
        "action",
        "y must be between 0 and 719: ",
    ),
    "batch": (lambda a, c: batch(a, c, [{"type": "wait"}, CLICK]), "actions", "Action 2: x must be between"),
    "batch, made smaller": (
        lambda a, c: batch(
            a,
            c,
            [
                {"type": "set_viewport", "width": 400, "height": 400, "scale_factor": 2},
                {"type": "click", "x": 799, "y": 799},
                {"type": "click", "x": 800, "y": 0},
            ],
        ),
        "actions",
        "Action 3: x must be between 0 and 799: the screen is 800 × 800.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BEYOND)
async def test_a_place_beyond_the_screen_is_refused_and_nothing_is_asked(
    as_bob: Actor, computer: Computer, upstream: Upstream, name: str
) -> None:
    verb, field, sentence = BEYOND[name]
    with pytest.raises(Invalid) as refused:
        await verb(as_bob, await driven(as_bob, computer))
    assert str(refused.value).startswith(sentence) and refused.value.code == field
    assert upstream.requests == [] and await audit() == []


WITHIN: dict[str, tuple[dict[str, Any], Verb, str]] = {
    "the last pixel": ({}, lambda a, c: pointer.click(a, c, 1279.5, 719.5), "click"),
    "an unknown size": ({"width": None, "height": None}, lambda a, c: pointer.click(a, c, 9000, 9000), "click"),
    "picture pixels": ({"scale": 2.0}, lambda a, c: pointer.click(a, c, 2559, 1439), "click"),
    "another tab": ({"main_tab": "T1"}, lambda a, c: pointer.click(a, c, 2000, 0, "T2"), "click"),
    "made larger": (
        {},
        lambda a, c: batch(
            a, c, [{"type": "set_viewport", "width": 1920, "height": 1080, "scale_factor": 1}, CLICK]
        ),
        "batch",
    ),
    "made larger, scale unsaid": (
        {}, lambda a, c: batch(a, c, [{"type": "set_viewport", "width": 1920, "height": 1080}, CLICK]), "batch"
    ),
    "after a new tab": ({}, lambda a, c: batch(a, c, [{"type": "new_tab"}, CLICK]), "batch"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITHIN)
async def test_a_place_that_may_be_there_is_sent(
    as_bob: Actor, computer: Computer, upstream: Upstream, name: str
) -> None:
    row, verb, endpoint = WITHIN[name]
    path = f"/computers/{computer.upstream_id}/{endpoint}"
    upstream.says("POST", path, Answer(body={**GOOD, "results": [GOOD, GOOD]}))
    await verb(as_bob, await driven(as_bob, computer, **row))
    assert len(upstream.asked("POST", path)) == 1


async def test_a_size_that_an_action_set_is_known_from_then_on(
    as_bob: Actor, computer: Computer, upstream: Upstream
) -> None:
    for endpoint in ("execute", "batch"):
        upstream.says("POST", f"/computers/{computer.upstream_id}/{endpoint}", {**GOOD, "results": [GOOD]})
    row = await driven(as_bob, computer)
    await generic.execute(
        as_bob, row, {"type": "set_viewport", "width": 800, "height": 600, "scale_factor": 2}
    )
    assert screen_of(await fresh(computer)) == Screen(1600, 1200)
    await batch(as_bob, await fresh(computer), [{"type": "set_viewport", "width": 640, "height": 480}])
    assert screen_of(await fresh(computer)) == Screen(1280, 960)


async def test_what_is_seen_now_counts_more_than_the_row(
    computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = SimpleNamespace(width=390, height=844, scale=1.0)
    link = SimpleNamespace(feeds={"T1": feed}, resolve=lambda wanted: "T1" if wanted == "main" else wanted)
    monkeypatch.setattr(HUB, "opened", lambda _computer: link)
    row = await fresh(computer)
    assert screen_of(row) == screen_of(row, "T1") == Screen(390, 844)
    assert screen_of(row, "T2") is None
