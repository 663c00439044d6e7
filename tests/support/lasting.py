"""Commands that would run for long, and whether any of them still does, anywhere on this machine."""

from __future__ import annotations

import time

import psutil


def lasting(name: str) -> str:
    """A shell command that only a signal ends, found again by its name."""
    return f"/bin/bash -c 'while :; do sleep 1; done' lasting-{name}"


def running_commands(name: str, seconds: float = 0) -> list[int]:
    """Those still running when `seconds` have passed; empty as soon as there are none."""
    deadline = time.monotonic() + seconds
    while True:
        found = [process.pid for process in psutil.process_iter() if f"lasting-{name}" in _line(process)]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def _line(process: psutil.Process) -> str:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return ""
        argv = process.cmdline()
    except psutil.Error:
        return ""
    return argv[-1] if argv else ""
