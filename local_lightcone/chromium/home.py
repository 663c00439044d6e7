import contextlib
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOMS = ("profile", "workspace", "tmp")
REMOVAL_SECONDS = 3.0
"""How long processes that were just killed may still write into their folder."""


@dataclass(frozen=True, slots=True)
class Home:
    """A computer's folders: owned by its own uid, closed to every other computer."""

    path: Path
    uid: int | None
    moved: bool
    """Whether its processes see the rooms at `/profile`, `/workspace` and `/tmp` (inside bubblewrap)."""

    @property
    def worker(self) -> int | None:
        """The uid of its commands: beside the browser's, so that neither uses up the other's limits or sees
        what is the other's. They meet in the workspace, as one group."""
        return None if self.uid is None else self.uid + 1

    @property
    def shared(self) -> tuple[int, int] | None:
        """Whom the workspace belongs to: the commands, and the browser as their group."""
        return None if self.uid is None else (self.uid + 1, self.uid)

    @classmethod
    def make(cls, path: Path, uid: int | None, *, moved: bool) -> "Home":
        home = cls(path, uid, moved)
        for folder in (path, *(path / room for room in ROOMS)):
            folder.mkdir(mode=0o700)
            if uid is not None:
                os.chown(folder, uid, uid)
        if home.shared is not None:
            path.chmod(0o710)
            workspace = path / "workspace"
            os.chown(workspace, *home.shared)
            workspace.chmod(0o770)
        return home

    def seen(self, room: str) -> str:
        """Where the computer's own processes find a room."""
        return f"/{room}" if self.moved else str(self.path / room)

    def mounts(self) -> list[tuple[str, str]]:
        return [(str(self.path / room), f"/{room}") for room in ROOMS]

    def environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": self.seen("profile"),
            "TMPDIR": self.seen("tmp"),
            "LANG": "C.UTF-8",
        }

    def remove(self) -> None:
        """Ends whatever still runs here, then the folders. Blocking; safe to call twice."""
        for uid in {self.uid, self.worker}:
            end_processes_of(self.path, uid)
        deadline = time.monotonic() + REMOVAL_SECONDS
        while self.path.exists():
            remove_tree(self.path)
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)


def remove_tree(path: Path) -> None:
    """Also one that its owner made to resist: nested deeper than Python recurses, or closed to ourselves."""
    quiet = subprocess.DEVNULL
    for command in (["rm", "-rf"], ["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        if not path.exists():
            return
        subprocess.run([*command, "--", str(path)], stdin=quiet, stdout=quiet, stderr=quiet, check=False)


def end_processes_of(path: Path, uid: int | None) -> None:
    """Kills what runs as the home's own uid, or names the home in its command line."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            mine = process.uids().real == uid if uid is not None else str(path) in " ".join(process.cmdline())
            if mine and process.pid != os.getpid():
                process.kill()
