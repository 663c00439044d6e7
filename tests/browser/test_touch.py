"""Fingers as a pointer: tap, double tap, long press, two fingers, and a drag by holding the second tap."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import ONE_LOOP, Modules

pytestmark = ONE_LOOP

# A hand that writes down what it does, and a clock that the script turns. Points are [x, y].
PLAY = """
const { Fingers } = await load("input/fingers.js");
const done = []; let now = 0, timer = null;
const say = (what) => ({ x, y }, ...more) => done.push([what, x, y, ...more]);
const fingers = new Fingers(
  { move: say("move"), down: say("down"), up: say("up"), scroll: (at, by) => done.push(["scroll", by.x, by.y]),
    pinch: (by, at) => done.push(["pinch", by, at.x, at.y]) },
  {
    now: () => now, clear: () => { timer = null; },
    set: (run, ms) => { timer = { run, at: now + ms }; return timer; },
  },
);
for (const [what, ...points] of given) {
  if (what === "wait") {
    now += points[0];
    if (timer && timer.at <= now) { const { run } = timer; timer = null; run(); }
  } else if (what === "cancel") fingers.cancelled();
  else fingers[what](points.map(([x, y]) => ({ x, y })));
}
return done;
"""

TAP = [["started", [50, 60]], ["wait", 60], ["ended"]]


async def _play(modules: Modules, *script: Any) -> Any:
    return await modules(PLAY, list(script))


async def test_a_tap_is_a_click(modules: Modules) -> None:
    assert await _play(modules, *TAP) == [
        ["move", 50, 60],
        ["down", 50, 60, "left", 1],
        ["up", 50, 60, "left", 1],
    ]


async def test_two_taps_are_a_double_click(modules: Modules) -> None:
    done = await _play(modules, *TAP, ["wait", 100], *TAP)
    assert [each[4] for each in done if each[0] == "down"] == [1, 2]


async def test_two_slow_taps_are_two_clicks(modules: Modules) -> None:
    done = await _play(modules, *TAP, ["wait", 500], *TAP)
    assert [each[4] for each in done if each[0] == "down"] == [1, 1]


async def test_a_long_press_is_a_right_click_and_nothing_more(modules: Modules) -> None:
    done = await _play(modules, ["started", [50, 60]], ["wait", 500], ["ended"])
    assert done == [["move", 50, 60], ["down", 50, 60, "right", 1], ["up", 50, 60, "right", 1]]


async def test_a_moving_finger_moves_the_pointer_without_a_button(modules: Modules) -> None:
    done = await _play(modules, ["started", [50, 60]], ["moved", [53, 60]], ["moved", [80, 60]], ["ended"])
    assert done == [["move", 80, 60]]


async def test_holding_the_second_tap_drags(modules: Modules) -> None:
    script = [*TAP, ["wait", 50], ["started", [51, 61]], ["wait", 200], ["moved", [90, 90]], ["ended"]]
    assert (await _play(modules, *script))[3:] == [
        ["move", 51, 61], ["down", 51, 61, "left", 1], ["move", 90, 90], ["up", 90, 90, "left", 1],
    ]  # fmt: skip


async def test_two_fingers_scroll_against_their_movement(modules: Modules) -> None:
    script = [
        ["started", [50, 60]], ["started", [50, 60], [70, 60]], ["moved", [50, 40], [70, 40]],
        ["ended", [50, 40]], ["ended"],
    ]  # fmt: skip
    assert await _play(modules, *script) == [["scroll", 0, 20]]


async def test_a_drag_that_the_system_takes_over_lets_go(modules: Modules) -> None:
    script = [*TAP, ["wait", 50], ["started", [50, 60]], ["wait", 200], ["cancel"]]
    assert (await _play(modules, *script))[-1] == ["up", 50, 60, "left", 1]


async def test_two_fingers_that_part_zoom_and_scroll_no_more(modules: Modules) -> None:
    done = await _play(
        modules,
        ["started", [100, 100]],
        ["started", [100, 100], [200, 100]],
        ["moved", [100, 110], [200, 110]],
        ["moved", [90, 110], [230, 110]],
        ["moved", [55, 110], [265, 110]],
        ["ended", [55, 110]],
        ["moved", [55, 150]],
        ["ended"],
    )
    assert done == [["scroll", 0, -10], ["pinch", 1, 160, 110], ["pinch", 1.5, 160, 110]]


async def test_a_third_finger_that_leaves_zooms_nothing(modules: Modules) -> None:
    done = await _play(
        modules,
        ["started", [0, 0], [300, 0], [100, 0]],
        ["ended", [300, 0], [100, 0]],
        ["moved", [300, 10], [100, 10]],
    )
    assert [each[0] for each in done] == ["scroll"]
