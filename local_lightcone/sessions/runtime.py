"""The folder that running computers live in: outside the data folder, and gone when we are.

A server that was killed could not tidy up. It left the folder's name in the data folder, so the next one ends
the processes of its computers and removes what they wrote.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..chromium.home import end_processes_of, remove_tree
from ..settings import Refusal

PREFIX = "lightdeck-local-"
LOCK_FILE = "local.lock"


@contextmanager
def claimed(data_dir: Path) -> Iterator[Path]:
    """A fresh runtime folder, for as long as this server holds the data folder's lock."""
    with open(os.open(data_dir / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(f"Another local Lightcone already uses {data_dir}.") from None
        if left := lock.read().strip():
            sweep(Path(left))
        runtime = Path(tempfile.mkdtemp(prefix=PREFIX))
        _write(lock.fileno(), str(runtime))
        try:
            runtime.chmod(0o711)  # each computer's uid passes through to its own folder, and sees no other
            yield runtime
        finally:
            sweep(runtime)
            _write(lock.fileno(), "")


def sweep(runtime: Path) -> None:
    if not runtime.name.startswith(PREFIX) or not runtime.is_dir() or runtime.stat().st_uid != os.getuid():
        return
    for home in runtime.iterdir():
        owner = home.stat().st_uid
        end_processes_of(home, owner if owner != os.getuid() else None)
    remove_tree(runtime)


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
