"""A macro means the same place on every computer, whatever the scale of its picture."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from computers import leases, timeline
from computers.actions import edges, generic, macros, pointer
from computers.actions.places import in_css_pixels, in_picture_pixels
from computers.macros import store
from computers.models import Computer
from computers.relay.hub import HUB
from dashboard.database import unit
from dashboard.permissions import Actor
from tests.computers.conftest import fresh
from tests.computers.stub import Upstream

SUCCESS = {"status": "SUCCESS", "request_id": "req_7", "result": {}}

STEPS = [
    ({"type": "click", "x": 20, "y": 40.5}, {"type": "click", "x": 40, "y": 81.0}),
    (
        {"type": "drag", "x1": 1, "y1": 2, "x2": 3, "y2": 4, "path": [{"x": 5, "y": 6}]},
        {"type": "drag", "x1": 2, "y1": 4, "x2": 6, "y2": 8, "path": [{"x": 10, "y": 12}]},
    ),
    (
        {"type": "scroll", "dx": 0, "dy": 300, "x": 7, "y": 8},
        {"type": "scroll", "dx": 0, "dy": 600, "x": 14, "y": 16},
    ),
    ({"type": "wait", "ms": 1000}, {"type": "wait", "ms": 1000}),
    ({"type": "click", "x": "7", "path": "odd"}, {"type": "click", "x": "7", "path": "odd"}),
]


@pytest.mark.parametrize(("css", "picture"), STEPS)
def test_pixels_are_counted_anew_and_nothing_else_is(css: dict[str, Any], picture: dict[str, Any]) -> None:
    assert in_picture_pixels(css, 2.0) == picture
    assert in_css_pixels(picture, 2.0) == css
    assert in_picture_pixels(css, 1.0) == in_css_pixels(css, 1.0) == css


@pytest.fixture
async def sharp(as_bob: Actor, computer: Computer, upstream: Upstream) -> Computer:
    """A computer of scale 2, driven by Bob."""
    await unit(Computer.objects.filter(pk=computer.pk).update)(scale=2.0)
    await leases.take(computer, as_bob)
    return await fresh(computer)


async def test_a_verbs_step_is_kept_in_css_pixels(
    as_bob: Actor, sharp: Computer, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries: list[timeline.Entry] = []
    monkeypatch.setattr(timeline, "note", lambda _pk, _id, entry: entries.append(entry))
    for verb in ("click", "execute"):
        upstream.says("POST", f"/computers/{sharp.upstream_id}/{verb}", SUCCESS)
    await pointer.click(as_bob, sharp, 40, 60)
    await generic.execute(as_bob, sharp, {"type": "double_click", "x": 40, "y": 60})
    assert [(entry.step or {})["x"] for entry in entries] == [20, 20]
    # What was sent, and what people read, stays what was asked for.
    assert entries[0].sentence == "clicked (40, 60)"
    assert upstream.asked("POST", f"/computers/{sharp.upstream_id}/click")[0].body == {"x": 40, "y": 60}


async def test_a_macro_is_run_in_picture_pixels(as_bob: Actor, sharp: Computer, upstream: Upstream) -> None:
    path = f"/computers/{sharp.upstream_id}/batch"
    upstream.says("POST", path, {"results": [SUCCESS]})
    macro = await macros.create(as_bob, sharp.connection.team_id, "Go", [{"type": "click", "x": 20, "y": 30}])
    opened = await store.opened(as_bob.user, macro.pk)
    await macros.run(as_bob, sharp, opened, {})
    assert upstream.asked("POST", path)[0].body == {"actions": [{"type": "click", "x": 40.0, "y": 60.0}]}


async def test_a_scale_that_the_pictures_tell_is_taken_before_the_rows(
    as_bob: Actor, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service without DevTools tells it with each picture."""
    told = SimpleNamespace(resolve=lambda _tab: "", feeds={"": SimpleNamespace(width=640, scale=2.0)})
    assert edges.scale_of(computer) == 1.0
    monkeypatch.setattr(HUB, "opened", lambda _computer: told)
    assert edges.scale_of(computer) == 2.0
