"""(a) One 60 kB × 10/s source and many acknowledging viewers: Lightdeck against a bare `websockets` server."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.measure import Sample, middle, sample
from tests.support.processes import Child, environment, free_port
from tests.support.web import WebStarter

FRAME_BYTES = 60_000
RATE = 10.0
COUNTS = (1, 10, 50, 200)
ROUNDS = 3
SECONDS = 8.0

#: Makes Alice, a computer at the synthetic source and a session, and prints the computer's id and the cookie.
SCENE = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from computers.models import Computer, Connection
from dashboard.models import Membership, Team, User
user = User.objects.create_user("alice")
team = Team.objects.create(name="Bench", slug="bench")
Membership.objects.create(user=user, team=team, role="owner")
connection = Connection.objects.create(team=team, name="bench", base_url={source!r}, api_key="sk_bench")
computer = Computer.objects.create(connection=connection, upstream_id="comp_1", cdp_path="/computers/comp_1/cdp")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.save()
print("scene", computer.public_id, session.session_key)
"""


@dataclass(frozen=True)
class Relay:
    """A running relay to compare."""

    pid: int
    url: str
    cookie: str = ""


@contextmanager
def relays() -> Iterator[tuple[Relay, Relay]]:
    """Lightdeck and the bare server, each on a source of its own, so that neither pays for the other's."""
    folder = Path(tempfile.mkdtemp(prefix="lightdeck-bench-"))
    starter = WebStarter(folder)
    children: list[Child] = []
    try:
        ours, theirs = _source(children), _source(children)
        yield _lightdeck(starter, folder, ours), _bare(children, theirs)
    finally:
        starter.end_all()
        for child in children:
            child.end()


def run() -> dict[int, tuple[list[Sample], list[Sample]]]:
    """Every count of viewers, three interleaved rounds."""
    found: dict[int, tuple[list[Sample], list[Sample]]] = {count: ([], []) for count in COUNTS}
    with relays() as both:
        for _ in range(ROUNDS):
            for count in COUNTS:
                for relay, samples in zip(both, found[count], strict=True):
                    samples.append(sample(relay.pid, relay.url, count, SECONDS, relay.cookie))
    return found


def lines(found: dict[int, tuple[list[Sample], list[Sample]]]) -> list[str]:
    """The table."""
    rows = [
        "| viewers | CPU µs/frame, Lightdeck (spread) | bare | ratio | p50 ms, Lightdeck | bare "
        "| p99 ms, Lightdeck | bare | ratio |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for count, (ours, theirs) in found.items():
        cpu, bare_cpu = (middle([s.cpu for s in samples]) for samples in (ours, theirs))
        p50, bare_p50 = (middle([s.p50 for s in samples]) for samples in (ours, theirs))
        p99, bare_p99 = (middle([s.p99 for s in samples]) for samples in (ours, theirs))
        spread = f"{min(s.cpu for s in ours):.0f}–{max(s.cpu for s in ours):.0f}"
        rows.append(
            f"| {count} | {cpu:.0f} ({spread}) | {bare_cpu:.0f} | **{cpu / bare_cpu:.2f}** "
            f"| {p50:.1f} | {bare_p50:.1f} | {p99:.1f} | {bare_p99:.1f} | **{p99 / bare_p99:.2f}** |"
        )
    return rows


def _source(children: list[Child]) -> int:
    port = free_port()
    arguments = ["-m", "tests.bench.source", str(port), str(FRAME_BYTES), str(RATE)]
    children.append(Child(arguments, environment({})))
    children[-1].wait_for_line("source is ready")
    return port


def _bare(children: list[Child], source: int) -> Relay:
    port = free_port()
    children.append(Child(["-m", "tests.bench.bare", str(port), str(source)], environment({})))
    children[-1].wait_for_line("bare is ready")
    return Relay(children[-1].process.pid, f"ws://127.0.0.1:{port}/")


def _lightdeck(starter: WebStarter, folder: Path, source: int) -> Relay:
    source_url = f"http://127.0.0.1:{source}"
    database = f"sqlite:///{folder / 'bench.sqlite3'}"
    web = starter.start(database, LIGHTDECK_PRIVATE_UPSTREAMS=source_url)
    scene = starter.manage(database, "shell", "-c", SCENE.format(source=source_url))
    _, computer, cookie = next(line for line in scene if line.startswith("scene")).split()
    url = f"{web.url.replace('http', 'ws')}/ws/computers/{computer}/"
    return Relay(web.pid, url, f"lightdeck_session={cookie}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        COUNTS = tuple(map(int, sys.argv[1].split(",")))
        ROUNDS, SECONDS = int(sys.argv[2]), float(sys.argv[3])
    print("\n".join(lines(run())))
