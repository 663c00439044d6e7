"""What persistent computers leave behind: their profile and their workspace, for a later computer to begin with.

No computer ever sees this folder. A profile is copied in when its computer has ended and no process of it is left,
and copied out into the home of a new one, so no computer can read another's.
"""

import contextlib
import errno
import json
import logging
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..chromium.home import Home, end_processes_of
from ..problems import Problem
from .copying import PROFILE, WORKSPACE, copy_tree

log = logging.getLogger(__name__)

FOLDER = "saved"
ABOUT, COOKIES = "about.json", "cookies.json"
PART = ".part"
NAME = re.compile(r"comp_[0-9]{1,30}")
MOST_SAVED = 50
MOST_BYTES = 4 * 1024**3
"""Of all together. Beyond either limit those go that have not been used for the longest time."""


OUR_OWN = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO)
"""What goes wrong with a copy without anything being wrong with what is copied."""

FLUSH_SECONDS = 30


class Saved:
    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._lock = threading.Lock()
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._folder.chmod(0o700)
        for left in self._folder.glob(f"*{PART}"):  # a server was killed while it saved
            shutil.rmtree(left, ignore_errors=True)

    def all(self) -> list[dict[str, Any]]:
        """What is told of each, the newest first. Blocking, as everything here."""
        return [about for entry in self._entries() if (about := _about(entry))]

    def check(self, environment_id: str) -> None:
        if not NAME.fullmatch(environment_id) or not _about(self._folder / environment_id):
            shown = environment_id[:80]
            raise Problem(404, "Environment not found", f"No saved computer is called {shown!r}.")

    def lay_out(self, environment_id: str, home: Home) -> list[dict[str, Any]]:
        """Fills a new home with what was saved; the answer is the cookies that Chromium keeps in no file."""
        with self._lock:
            self.check(environment_id)
            entry = self._folder / environment_id
            try:
                cookies = json.loads((entry / COOKIES).read_text())
                if not isinstance(cookies, list):
                    raise TypeError("no list of cookies")
                owner = None if home.uid is None else (home.uid, home.uid)
                copy_tree(entry / PROFILE.name, home.path / PROFILE.name, owner, PROFILE)
                if (workspace := entry / WORKSPACE.name).exists():
                    copy_tree(workspace, home.path / WORKSPACE.name, home.shared, WORKSPACE)
            except (OSError, ValueError, TypeError) as error:
                if isinstance(error, OSError) and error.errno in OUR_OWN:
                    raise
                log.error("%s, saved before, cannot be read: %s", environment_id, error)
                raise damaged(environment_id) from error
            os.utime(entry)
            return cookies

    def keep(self, about: dict[str, Any], cookies: list[dict[str, Any]], home: Home) -> None:
        """Saves an ended computer: whole and on the disk, or not at all."""
        for uid in {home.uid, home.worker}:
            end_processes_of(home.path, uid)
        part = self._folder / f"{about['id']}{PART}"
        try:
            (part / PROFILE.name).mkdir(mode=0o700, parents=True)
            part.chmod(0o700)
            copy_tree(home.path / PROFILE.name, part / PROFILE.name, None, PROFILE)
            self._keep_workspace(home, part / WORKSPACE.name, about["id"])
            for name, value in ((COOKIES, cookies), (ABOUT, about)):
                with open(os.open(part / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    json.dump(value, file)
            flush(part)
            part.rename(self._folder / about["id"])
            flush(self._folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        self._make_room()

    def _keep_workspace(self, home: Home, target: Path, name: str) -> None:
        """One that cannot be kept does not take the browser's own memory along."""
        try:
            target.mkdir(mode=0o700)
            copy_tree(home.path / WORKSPACE.name, target, None, WORKSPACE)
        except OSError as error:
            if error.errno in OUR_OWN:
                raise
            log.warning("%s is saved without its workspace: %s", name, error)
            shutil.rmtree(target, ignore_errors=True)

    def _make_room(self) -> None:
        with self._lock:
            size = 0
            for number, entry in enumerate(self._entries()):
                size += sum(path.lstat().st_size for path in entry.rglob("*"))
                if number and (number >= MOST_SAVED or size > MOST_BYTES):
                    log.warning("%s, saved long ago, made room for newer computers.", entry.name)
                    shutil.rmtree(entry, ignore_errors=True)

    def _entries(self) -> Iterator[Path]:
        """The most recently saved or used first."""
        found = []
        for entry in self._folder.iterdir():
            with contextlib.suppress(OSError):
                if NAME.fullmatch(entry.name):
                    found.append((entry.stat().st_mtime_ns, entry))
        return (entry for _, entry in sorted(found, reverse=True))


def damaged(environment_id: str) -> Problem:
    """No answer that a client would repeat by itself."""
    return Problem(
        422, "Environment damaged", f"What was saved of {environment_id} cannot be read: begin without it."
    )


def flush(path: Path) -> None:
    """Has the disk that this lies on take all that was written: 300 files at once in 0.2 s, one by one in 0.7 s."""
    try:
        done = subprocess.run(["sync", "-f", "--", str(path)], capture_output=True, timeout=FLUSH_SECONDS)
    except subprocess.TimeoutExpired:
        raise OSError(f"the disk took more than {FLUSH_SECONDS} s") from None
    if done.returncode:
        raise OSError("the disk did not take it")


def _about(entry: Path) -> dict[str, Any] | None:
    try:
        about = json.loads((entry / ABOUT).read_text())
    except (OSError, ValueError):
        return None
    return about if isinstance(about, dict) else None
