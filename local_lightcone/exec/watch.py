"""What the kernel does not limit for a whole command: its memory altogether, and its computer's workspace."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil

from .limits import (
    DISK_LEFT_BYTES,
    MEMORY_BYTES,
    MEMORY_FILES,
    REMOVED_BYTES,
    SOCKETS,
    WORKSPACE_BYTES,
    WORKSPACE_DEPTH,
    WORKSPACE_ENTRIES,
)

BLOCK = 512
"""The unit of `st_blocks`."""


def memory(pid: int) -> int:
    """Bytes that the descendants of a process hold in their mappings, shared pages counted once."""
    return sum(map(_held, _descendants(pid)))


def removed(pid: int) -> dict[int, int]:
    """Bytes in files that stand in no folder (removed, or never put there) but are open in its descendants, by
    device."""
    files: dict[tuple[int, int], int] = {}
    for process in _descendants(pid):
        for file in _open_files(process):
            with contextlib.suppress(OSError):
                found = os.stat(file)
                if found.st_nlink == 0 and stat.S_ISREG(found.st_mode):
                    files[found.st_dev, found.st_ino] = found.st_blocks * BLOCK
    sizes: dict[int, int] = {}
    for (device, _), size in files.items():
        sizes[device] = sizes.get(device, 0) + size
    return sizes


def excess(pid: int, workspace: Path) -> str | None:
    """What is removed lies on the workspace's disk, or else in memory."""
    sizes = removed(pid)
    with contextlib.suppress(OSError):
        if sizes.pop(workspace.stat().st_dev, 0) > REMOVED_BYTES:
            return f"it held more than {_megabytes(REMOVED_BYTES)} in removed files"
        disk = os.statvfs(workspace)
        if disk.f_bavail * disk.f_frsize < DISK_LEFT_BYTES:
            return f"the disk has less than {_megabytes(DISK_LEFT_BYTES)} left"
    if memory(pid) + sum(sizes.values()) > MEMORY_BYTES:
        return f"it used more than {_megabytes(MEMORY_BYTES)} of memory"
    return _hidden(pid)


def _hidden(pid: int) -> str | None:
    """What takes the kernel's memory without being anybody's, asked of the first that can be asked."""
    for process in _descendants(pid):
        with contextlib.suppress(OSError):
            if _is_ours(process, "net"):
                return None
            if _sockets(process) > SOCKETS:
                return f"it had more than {SOCKETS} sockets"
            for folder in ("tmp", "dev/shm"):
                found = os.statvfs(f"/proc/{process}/root/{folder}")
                if found.f_files - found.f_ffree > MEMORY_FILES:
                    return f"it had more than {MEMORY_FILES} files in /{folder}"
            return None
    return None


def workspace_full(workspace: Path) -> str | None:
    size = 0
    for entries, (depth, entry) in enumerate(_entries(workspace), 1):
        with contextlib.suppress(OSError):
            size += entry.stat(follow_symlinks=False).st_blocks * BLOCK
        if size > WORKSPACE_BYTES:
            return f"the workspace has more than {_megabytes(WORKSPACE_BYTES)}"
        if entries > WORKSPACE_ENTRIES:
            return f"the workspace has more than {WORKSPACE_ENTRIES} files"
        if depth > WORKSPACE_DEPTH:
            return f"the workspace has folders more than {WORKSPACE_DEPTH} deep"
    return None


def _entries(folder: Path) -> Iterator[tuple[int, os.DirEntry[str]]]:
    """Everything below a folder that its owner may be changing, never through a symbolic link."""
    waiting: list[tuple[int, str]] = [(1, str(folder))]
    while waiting:
        depth, path = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                yield depth, entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((depth + 1, entry.path))


def _descendants(pid: int) -> list[int]:
    try:
        return [process.pid for process in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def _threads(pid: int) -> Iterator[str]:
    """A process first as a whole. Its first thread may have ended before the others: then only they can be asked."""
    yield str(pid)
    with contextlib.suppress(OSError):
        yield from (thread for thread in os.listdir(f"/proc/{pid}/task") if thread != str(pid))


def _open_files(pid: int) -> list[str]:
    """Of the first thread that has any: no two threads of a command have different ones (`seccomp`)."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError):
            if names := os.listdir(f"/proc/{thread}/fd"):
                return [f"/proc/{thread}/fd/{name}" for name in names]
    return []


def _held(pid: int) -> int:
    for thread in _threads(pid):
        with contextlib.suppress(OSError), open(f"/proc/{thread}/smaps_rollup", "rb") as rollup:
            for line in rollup:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    return 0


def _is_ours(pid: int, namespace: str) -> bool:
    """Without a sandbox a command shares it with the whole machine, which is not its fault."""
    return os.readlink(f"/proc/{pid}/ns/{namespace}") == os.readlink(f"/proc/self/ns/{namespace}")


def _sockets(pid: int) -> int:
    """All of the command's network namespace, also those whose descriptors are on their way from one to another."""
    with open(f"/proc/{pid}/net/sockstat", "rb") as told:
        return int(told.readline().split()[2])


def _megabytes(count: int) -> str:
    return f"{count // 1024**2} MB"
