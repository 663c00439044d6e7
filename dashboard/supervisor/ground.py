"""What must be true before any part starts: free ports, and one start per data folder.

It also remembers whether a start like this one was prepared before. None of it loads Django: that alone takes a second.
"""

from __future__ import annotations

import fcntl
import hashlib
import socket
from pathlib import Path
from typing import IO

from dashboard import env

LOCK_FILE = "start.lock"
STAMP_FILE = "prepared.stamp"
#: Whatever the preparation depends on; a change of any makes the dashboard wait for it.
SOURCES = ("static/**/*", "*/migrations/*.py", "*/models.py", "*/models/*.py", "requirements.txt")


class CannotStart(Exception):
    """One sentence for the person at the terminal."""


def require_free_port(host: str, port: int, name: str) -> None:
    """Refuse with a sentence that says what to do when something already listens there."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStart(
            f"Port {port} on {host} is taken ({error.strerror}): stop what listens there, or set {name} to another."
        ) from None


def lock(folder: Path) -> IO[str]:
    """Hold the data folder as long as the returned file stays open; two starts would share browsers and keys."""
    file = (folder / LOCK_FILE).open("w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise CannotStart(
            f"Lightdeck already runs from {folder}: stop it first, or set LIGHTDECK_DATA_DIR."
        ) from None
    return file


def is_prepared(folder: Path, choices: str) -> bool:
    """Whether the same code was prepared before with the same `choices`, so that the dashboard may start at once."""
    stamp, database = folder / STAMP_FILE, folder / env.SQLITE_FILE
    if not stamp.exists() or not (env.database_url() or database.exists()):
        return False
    return stamp.read_text(encoding="ascii") == _digest(choices)


def remember_prepared(folder: Path, choices: str) -> None:
    """Note that the preparation has succeeded."""
    (folder / STAMP_FILE).write_text(_digest(choices), encoding="ascii")


def _digest(choices: str) -> str:
    digest = hashlib.sha256(f"{env.BASE_DIR} {env.database_url()} {env.debug()} {choices}".encode())
    for path in sorted(path for pattern in SOURCES for path in env.BASE_DIR.glob(pattern)):
        facts = path.stat()
        digest.update(f"{path}:{facts.st_size}:{facts.st_mtime_ns};".encode())
    return digest.hexdigest()
