"""`make bench`: every figure as a ratio measured in the same run. Takes about ten minutes; not a test."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import psutil

from tests.bench import (
    click,
    fanout,
    long_wall,
    painted,
    slow,
    takeover,
    tasks,
    terminal,
    tiles,
    timelines,
    verbs,
)

PARTS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "fanout": ("(a) One 60 kB × 10/s source, many viewers", lambda: fanout.lines(fanout.run())),
    "click": ("(b) A click until it is painted", lambda: click.lines(click.run())),
    "slow": ("(c) Slow viewers among healthy ones", lambda: slow.lines(slow.run())),
    "terminal": ("(d) 100 MB of output through the terminal", lambda: terminal.lines(terminal.run())),
    "timelines": (
        "(e) Twenty computers' timelines at 50 entries/s each",
        lambda: timelines.lines(timelines.run()),
    ),
    "verbs": ("(f) A verb from its button to the changed fragment", lambda: verbs.lines(verbs.run())),
    "tasks": ("(g) 200 agent tasks recorded at once", lambda: tasks.lines(tasks.run())),
    "takeover": (
        "(h) Taking over from an agent until the first press arrives",
        lambda: takeover.lines(takeover.run()),
    ),
    "painted": ("(i) An agent's step until it is painted", lambda: painted.lines(painted.run())),
    "tiles": ("(j) The wall with thirty live tiles", lambda: tiles.lines(tiles.run())),
    "long_wall": ("(k) The wall with 500 rows", lambda: long_wall.lines(long_wall.run())),
}


def main(names: list[str]) -> None:
    memory = psutil.virtual_memory().total / 2**30
    print(f"{datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python "
          f"{platform.python_version()}; load before: {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
    for name in names or PARTS:
        title, run = PARTS[name]
        print(f"\n### {title}\n\n" + "\n".join(run()), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
