"""Child processes of the tests: started on free ports, read, and ended by their id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
END_SECONDS = 25.0
#: A very first start compresses every static file: 5 s on a quiet machine, over a minute beside three of its kind.
LINE_SECONDS = 150.0
#: The limits of a computer that a whole session of tests shares: none may be reached, however slow the machine is.
LASTING_SECONDS = 12 * 3600

#: What a child never inherits from whoever runs the tests.
OUTSIDE = (
    "TZAFON_API_KEY",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "LIGHTCONE_BASE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "DEBUG",
    "LIGHTDECK_TRUST_PROXY",
    "MODEL_BASE_URL",
    "MODEL_API_KEY",
    "MODEL_NAME",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Ours without what points outside and without the unit tests' keys, plus `changes`."""
    hidden = {*OUTSIDE, "SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DJANGO_SETTINGS_MODULE", "LIGHTDECK_DATA_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "PYTHONUNBUFFERED": "1", **changes}


def wait_until(check: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll until `check` holds; fail with `what` if it never does."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


class Child:
    """One running program and every line it has printed."""

    def __init__(self, arguments: list[str], env: Mapping[str, str]) -> None:
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def descendants(self) -> list[psutil.Process]:
        """Every process below it at this moment."""
        try:
            return list(psutil.Process(self.process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []

    def wait_for_line(self, text: str, seconds: float = LINE_SECONDS) -> str:
        """The first line that contains `text`."""

        def seen() -> bool:
            assert self.running or self._has(text), f"it ended before it said {text!r}:\n{self.output}"
            return self._has(text)

        wait_until(seen, seconds, f"a line with {text!r} (it said: {self.output})")
        return next(line for line in self.lines if text in line)

    def end(self) -> int:
        """SIGTERM, wait, and the exit code."""
        if self.running:
            self.process.terminate()
        return self.wait()

    def wait(self, seconds: float = END_SECONDS) -> int:
        """Its exit code, once it has ended and all its lines are read; killed if that takes too long."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            for process in [*self.descendants(), psutil.Process(self.process.pid)]:
                process.kill()
            raise
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def _has(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))


def assert_gone(processes: list[psutil.Process], seconds: float = 10.0) -> None:
    """Fail with the names of those that are still there."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    left = [
        f"{process.pid} {process.name()}" for process in alive if process.status() != psutil.STATUS_ZOMBIE
    ]
    assert not left, f"still running: {left}"
