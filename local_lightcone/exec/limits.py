"""What one command may use. Everything here is per command, unless it says otherwise."""

DEFAULT_SECONDS = 120
MOST_SECONDS = 3600
LONGEST_COMMAND = 100_000
"""Bytes: a program's argument may have 128 KiB."""

MOST_VARIABLES = 256
LONGEST_VARIABLE = 32_000
"""Bytes of one value."""

MOST_VARIABLE_BYTES = 512 * 1024
LONGEST_CWD = 4096

MOST_COMMANDS = 8
"""Of one computer at once."""

CPU_SECONDS = 900
"""Of each process."""

MEMORY_BYTES = 1024**3
"""Of all its processes together (looked at each second), and of each by itself (the kernel looks)."""

TASKS = 256
"""Processes and threads together."""

OPEN_FILES = 256
"""Of each process: all are looked through each second."""

FILE_BYTES = 512 * 1024**2
TMP_BYTES = 256 * 1024**2
SHARED_BYTES = 64 * 1024**2
"""Of `/tmp` and of `/dev/shm`, which lie in memory and go with the command."""

WORKSPACE_BYTES = 1024**3
WORKSPACE_ENTRIES = 20_000
WORKSPACE_DEPTH = 100
"""Of a computer's workspace. In a full one files can be removed, but nothing can be written."""

MEMORY_FILES = 50_000
"""In `/tmp`, and in `/dev/shm`: also an empty file takes memory."""

SOCKETS = 1024
"""Of one command: the kernel keeps up to 200 kB for each, which nothing else counts."""

DISK_LEFT_BYTES = 256 * 1024**2
"""On the workspace's disk. What fills it up to here is ended, wherever it has hidden what it wrote."""

REMOVED_BYTES = 256 * 1024**2
"""In files of the workspace that are removed, but still open: they stand in no folder."""

KEPT_BYTES = 4 * 1024**2
"""Of each of stdout and stderr in one buffered answer; what is more is read, counted and left out."""

NICENESS = 5
"""Commands give way to the browser that somebody watches, and to us."""

FIRST_TO_GO = 900
"""Should the machine run out of memory all the same (0 to 1000, highest first)."""


def limited(*, full: bool, tasks: bool) -> list[str]:
    """The start of a command line that puts what follows under these limits."""
    limits = [f"--cpu={CPU_SECONDS}", f"--data={MEMORY_BYTES}", f"--nofile={OPEN_FILES}", "--core=0"]
    limits.append(f"--fsize={0 if full else FILE_BYTES}")
    if tasks:
        limits.append(f"--nproc={TASKS}")
    return ["/usr/bin/nice", f"-n{NICENESS}", "/usr/bin/choom", f"-n{FIRST_TO_GO}", "--"] + [
        "/usr/bin/prlimit",
        *limits,
        "--",
    ]
