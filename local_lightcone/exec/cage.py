"""A control group for each command, where we may make one: then the kernel bounds the memory of all its processes
together, at every moment, whatever they hide.

It is the last line: the limits of `watch` are lower, and tell why.
"""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from .limits import MEMORY_BYTES, SHARED_BYTES, TMP_BYTES

MOST_BYTES = MEMORY_BYTES + TMP_BYTES + SHARED_BYTES
MOUNT = Path("/sys/fs/cgroup")
PREFIX = "lightdeck-command-"
STALE_SECONDS = 60.0
REMOVAL_TRIES = 20
REMOVAL_PAUSE_SECONDS = 0.05
"""Its processes were killed; the kernel takes a moment to bury them."""

JOIN = 'echo 0 > "$1" || exit 125; shift; exec "$@"'


@dataclass(frozen=True, slots=True)
class Names:
    """What the two versions of control groups call the same."""

    limit: str
    swap: str
    told: str


SECOND = Names("memory.max", "memory.swap.max", "memory.events")
FIRST = Names("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control")


@dataclass(frozen=True, slots=True)
class Cage:
    folder: Path
    names: Names

    def around(self, argv: list[str]) -> list[str]:
        """The command line that first joins."""
        return ["/bin/sh", "-c", JOIN, "sh", str(self.folder / "cgroup.procs"), *argv]

    def overran(self) -> bool:
        """Whether the kernel ended something in it for its memory."""
        with contextlib.suppress(OSError, ValueError):
            for line in (self.folder / self.names.told).read_text().splitlines():
                name, _, count = line.partition(" ")
                if name == "oom_kill":
                    return int(count) > 0
        return False

    def remove(self) -> None:
        """Once its processes have ended. Blocking, shortly."""
        for _ in range(REMOVAL_TRIES):
            with contextlib.suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(REMOVAL_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True)
class Cages:
    parent: Path
    names: Names

    def make(self) -> Cage:
        """Raises `OSError` where none can be made."""
        cage = Cage(self.parent / f"{PREFIX}{token_hex(6)}", self.names)
        cage.folder.mkdir()
        try:
            if not (cage.folder / self.names.limit).exists():
                raise FileNotFoundError(self.names.limit)
            (cage.folder / self.names.limit).write_text(str(MOST_BYTES))
            with contextlib.suppress(OSError):  # a kernel may have no limit for swap
                most = 0 if self.names is SECOND else MOST_BYTES
                (cage.folder / self.names.swap).write_text(str(most))
        except OSError:
            cage.folder.rmdir()
            raise
        return cage


def find_cages(mount: Path = MOUNT, told: Path = Path("/proc/self/cgroup")) -> Cages | None:
    """The nearest place around us where we may make one that has a limit of its own.

    A person may make one in what is the person's own. Root might anywhere, and so stays where it was put.
    """
    for folder, names in _ours(mount, told):
        for parent in (folder,) if os.geteuid() == 0 else (folder, *folder.parents):
            if not parent.is_relative_to(mount):
                break
            with contextlib.suppress(OSError):
                _sweep(parent)
                found = Cages(parent, names)
                found.make().remove()
                return found
    return None


def _ours(mount: Path, told: Path) -> list[tuple[Path, Names]]:
    """Our own groups, by what the kernel tells of us: `4:memory:/path`, or `0::/path`."""
    found = []
    with contextlib.suppress(OSError):
        for line in told.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers == "":
                found += [(root / path.lstrip("/"), SECOND) for root in (mount, mount / "unified")]
            elif "memory" in controllers.split(","):
                found.append((mount / controllers / path.lstrip("/"), FIRST))
    return found


def _sweep(parent: Path) -> None:
    """What a server that was killed left behind. One that holds processes cannot be removed."""
    for left in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS and os.access(left, os.W_OK):
                left.rmdir()
