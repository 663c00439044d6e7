"""System calls that would lead around the limits of a command, refused by the kernel itself.

Each of them makes memory or open files that no limit counts and that nobody sees from outside: files that stand in
no folder (what is left is `/tmp` and `/dev/shm`, which are bounded), segments and queues of System V, threads with
open files of their own, and rings that keep files after they are closed. Programs that find none fall back.
"""

import errno
import platform
import struct
from collections.abc import Iterator

MOST_SEGMENT_BYTES = 64 * 1024
"""Of one System V segment: databases use a small one as a lock. The kernel gives 4096 at most."""

LOAD, AND, EQUAL, GREATER, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x25, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF_0000, 0x0005_0000
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Where they stand in what the kernel shows to a filter."""

FOREIGN = 0x4000_0000
"""Numbers from here on are those of another calling convention (x32)."""

CLONE_FILES, CLONE_THREAD = 0x400, 0x1_0000
CLOSE_RANGE_UNSHARE = 2

Step = tuple[int, int, int, int]

NAMES = (
    *("shmget", "clone", "msgget", "unshare", "memfd_create"),
    *("io_uring_setup", "clone3", "close_range", "memfd_secret"),
)
MACHINES = {
    "x86_64": (0xC000_003E, (29, 56, 68, 272, 319, 425, 435, 436, 447)),
    "aarch64": (0xC000_00B7, (194, 220, 186, 97, 279, 425, 435, 436, 447)),
}
"""By machine: what the kernel calls it, and the numbers of `NAMES` there."""


def program(machine: str = platform.machine()) -> bytes | None:
    """The filter as bubblewrap takes it; None for a machine whose numbers we do not know."""
    if machine not in MACHINES:
        return None
    architecture, numbers = MACHINES[machine]
    steps: list[Step] = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, architecture), _refuse(errno.ENOSYS)]
    steps += [(LOAD, 0, 0, NUMBER), (AT_LEAST, 0, 1, FOREIGN), _refuse(errno.ENOSYS)]
    for name, number in zip(NAMES, numbers, strict=True):
        rule = list(_rule(name))
        steps += [(EQUAL, 0, len(rule), number), *rule]
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, (RETURN, 0, 0, ALLOW)])


def _rule(name: str) -> Iterator[Step]:
    """What follows on a call of this name. It ends in an answer whatever the arguments are."""
    if name == "shmget":
        yield from (_argument(1, high=True), (EQUAL, 0, 2, 0), _argument(1))
        yield from ((GREATER, 0, 1, MOST_SEGMENT_BYTES), _refuse(errno.EINVAL))
    elif name == "unshare":
        yield from (_argument(0), (ANY_BIT, 0, 1, CLONE_FILES), _refuse(errno.EPERM))
    elif name == "close_range":
        yield from (_argument(2), (ANY_BIT, 0, 1, CLOSE_RANGE_UNSHARE), _refuse(errno.EINVAL))
    elif name == "clone":
        yield from (_argument(0), (AND, 0, 0, CLONE_THREAD | CLONE_FILES))
        yield from ((EQUAL, 0, 1, CLONE_THREAD), _refuse(errno.EPERM))
    else:
        yield _refuse(errno.ENOSYS)
    yield (RETURN, 0, 0, ALLOW)


def _argument(place: int, *, high: bool = False) -> Step:
    return (LOAD, 0, 0, ARGUMENTS + 8 * place + (4 if high else 0))


def _refuse(reason: int) -> Step:
    return (RETURN, 0, 0, REFUSE | reason)
