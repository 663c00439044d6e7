"""A computer's folder copied from one owner to another, with nothing in it believed: pages and worse wrote there."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1024 * 1024

LEFT_OUT = frozenset(
    (
        *(
            "Cache",
            "Code Cache",
            "GPUCache",
            "ShaderCache",
            "GrShaderCache",
            "GraphiteDawnCache",
            "DawnCache",
        ),
        *("DawnGraphiteCache", "DawnWebGPUCache", "component_crx_cache", "extensions_crx_cache", ".cache"),
        *("Crashpad", "Crash Reports", "BrowserMetrics", "DevToolsActivePort"),
    )
)
"""Chromium makes these anew."""

Owner = tuple[int, int]
"""A uid and a gid."""


@dataclass(frozen=True, slots=True)
class Room:
    """One of a computer's folders, and what of it is kept."""

    name: str
    most_bytes: int
    most_files: int
    left_out: frozenset[str] = frozenset()
    links: bool = False
    """Whether symbolic links are kept, as links. Who follows them sees what is there; we never do."""

    shared: bool = False
    """Whether the group may do what the owner may: the browser reads what a command wrote."""


PROFILE = Room("profile", 512 * 1024**2, 50_000, left_out=LEFT_OUT)
WORKSPACE = Room("workspace", 256 * 1024**2, 20_000, links=True, shared=True)


class TooLarge(OSError):
    def __init__(self, room: Room) -> None:
        super().__init__(
            f"its {room.name} is larger than {room.most_bytes // 1024**2} MB or {room.most_files} files"
        )


def copy_tree(source: Path, target: Path, owner: Owner | None, room: Room) -> None:
    """Plain files and folders, into the existing folder `target`."""
    files = size = 0
    folders = [(source, target)]
    while folders:
        here, there = folders.pop()
        for entry in os.scandir(here):
            before, after = here / entry.name, there / entry.name
            if entry.name in room.left_out:
                continue
            if entry.is_symlink():
                if not room.links:
                    continue
                files += 1
                after.symlink_to(os.readlink(before))
                _give(after, owner)
            elif entry.is_dir(follow_symlinks=False):
                files += 1
                after.mkdir(mode=0o700, exist_ok=True)
                _give(after, owner, 0o770 if room.shared and owner else None)
                folders.append((before, after))
            elif entry.is_file(follow_symlinks=False):
                files, size = files + 1, size + entry.stat(follow_symlinks=False).st_size
                if size <= room.most_bytes:
                    _copy(before, after, owner, room)
            if files > room.most_files or size > room.most_bytes:
                raise TooLarge(room)


def _copy(source: Path, target: Path, owner: Owner | None, room: Room) -> None:
    descriptor = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as reading:
        found = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(found):
            return
        mode = 0o700 if found & stat.S_IXUSR else 0o600
        with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as writing:
            while chunk := reading.read(CHUNK_BYTES):
                writing.write(chunk)
    _give(target, owner, mode | mode >> 3 if room.shared and owner else None)


def _give(path: Path, owner: Owner | None, mode: int | None = None) -> None:
    if mode is not None:
        path.chmod(mode)
    if owner is not None:
        os.chown(path, *owner, follow_symlinks=False)
