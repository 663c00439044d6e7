"""Running one measurement: a relay process, its viewers, and what both cost."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass

import psutil

from tests.support.processes import Child, environment


@dataclass(frozen=True)
class Sample:
    """CPU microseconds per delivered frame, latencies in ms, and how much memory the relay took in MB."""

    cpu: float
    p50: float
    p99: float
    frames: int
    lost: int
    memory: float


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def sample(relay_pid: int, url: str, viewers: int, seconds: float, cookie: str = "", *slow: int) -> Sample:
    """Let `viewers` watch `url` for `seconds` and account for the relay's own CPU meanwhile."""
    relay = psutil.Process(relay_pid)
    arguments = ["-m", "tests.bench.viewers", url, str(viewers), str(seconds), cookie, *map(str, slow)]
    child = Child(arguments, environment({}))
    try:
        child.wait_for_line("counting", 120)
        before = relay.cpu_times()
        started = relay.memory_info().rss
        result = json.loads(child.wait_for_line('"frames"', seconds + 60))
        after, ended = relay.cpu_times(), relay.memory_info().rss
    finally:
        child.end()
    used = (after.user + after.system) - (before.user + before.system)
    latencies = result["latencies"]
    return Sample(
        used / max(1, result["frames"]) * 1e6,
        percentile(latencies, 0.50),
        percentile(latencies, 0.99),
        result["frames"],
        result["lost"],
        (ended - started) / 1e6,
    )


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)
