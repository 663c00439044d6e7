"""(c) One viewer that reads 10 kB/s and one that never reads, among 20 healthy ones: what the healthy ones notice."""

from __future__ import annotations

from tests.bench.fanout import relays
from tests.bench.measure import Sample, middle, sample

HEALTHY = 20
#: Bytes per second of each slow viewer; 0 never reads.
SLOW = (10_000, 0)
ROUNDS = 3
SECONDS = 20.0
#: The memory figure wants a whole minute.
LONG_SECONDS = 60.0


def run() -> tuple[list[Sample], list[Sample], Sample]:
    """Without and with the slow ones, interleaved; then a whole minute with them, for the memory."""
    alone, together = [], []
    with relays() as (ours, _):
        for _ in range(ROUNDS):
            alone.append(sample(ours.pid, ours.url, HEALTHY, SECONDS, ours.cookie))
            together.append(sample(ours.pid, ours.url, HEALTHY, SECONDS, ours.cookie, *SLOW))
        minute = sample(ours.pid, ours.url, HEALTHY, LONG_SECONDS, ours.cookie, *SLOW)
    return alone, together, minute


def lines(found: tuple[list[Sample], list[Sample], Sample]) -> list[str]:
    """The table."""
    alone, together, minute = found
    rows = [
        "| 20 healthy viewers | p50 ms | p99 ms (spread) | frames/s each | memory |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, samples in (("alone", alone), ("beside a 10 kB/s and a stuck one", together)):
        p99 = [one.p99 for one in samples]
        rate = middle([one.frames for one in samples]) / HEALTHY / SECONDS
        rows.append(
            f"| {name} | {middle([one.p50 for one in samples]):.1f} "
            f"| {middle(p99):.1f} ({min(p99):.1f}–{max(p99):.1f}) | {rate:.1f} | |"
        )
    rows.append(
        f"| the same for a minute | {minute.p50:.1f} | {minute.p99:.1f} | {minute.frames / HEALTHY / LONG_SECONDS:.1f} "
        f"| {minute.memory:+.1f} MB |"
    )
    return rows


if __name__ == "__main__":
    print("\n".join(lines(run())))
