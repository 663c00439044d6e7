"""Where a command runs: a mount view with nothing of this machine but `/usr`, no network, no power.

Measured: `--clearenv` leaves the environment that bubblewrap itself was started with readable in
`/proc/1/environ`, so it is started with a plain one. A pipe made by another uid cannot be opened again as
`/dev/stderr`, so the caller gives its pipes away (`Launch.uid`).
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from ..chromium.home import Home
from ..chromium.isolation import Isolation
from . import seccomp
from .cage import Cage, Cages, find_cages
from .limits import SHARED_BYTES, TMP_BYTES, limited
from .order import WORKSPACE, Order

PROBE_SECONDS = 10
PROBE = "true & wait"
"""Forks once, so that a limit on processes which leaves no room shows."""

USER = 1000
PASSWD = f"user:x:{USER}:{USER}::{WORKSPACE}:/bin/bash\n"
GROUP = f"user:x:{USER}:\n"
READABLE = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime", "/etc/ssl/certs")
HARDER = ("--disable-userns",)
"""Since bubblewrap 0.8."""

ENTER = (
    'while IFS= read -r -d "" __pair <&"$3"; do export "$__pair"; done; __env=$3; exec {__env}<&-; '
    'unset __pair __env; trap "" XFSZ; cd -- "$1" || exit; exec /bin/bash -c "$2"'
)
"""The caller's variables come through a file: they never stand in the process list, and one like LD_PRELOAD
meets neither bubblewrap nor the programs that set the limits. A file that grows too large is an error
to whoever writes it, not a death."""

MARK = "LIGHTDECK_COMMAND"
"""How a command's processes are found again where no sandbox holds them together."""


@dataclass(frozen=True, slots=True)
class Launch:
    argv: list[str]
    env: dict[str, str]
    uid: int | None
    options: dict[str, Any]
    mark: str | None = None
    cage: Cage | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """Descriptors of our own that a command begins with."""

    variables: int
    calls: int


@dataclass(frozen=True, slots=True)
class Sandbox:
    bubblewrap: str | None
    """None: commands run unsandboxed, as somebody explicitly asked."""

    etc: Path
    extras: tuple[str, ...] = ()
    filter: bytes | None = None
    """What bubblewrap has the kernel refuse."""

    cages: Cages | None = None

    @contextlib.contextmanager
    def files(self, order: Order) -> Iterator["Files"]:
        """What a launch of this order takes along, open for as long as it takes to hand it over."""
        with (
            _file("env", b"".join(f"{name}={value}\0".encode() for name, value in order.env)) as variables,
            _file("filter", self.filter or b"") as calls,
        ):
            yield Files(variables, calls)

    def launch(self, order: Order, home: Home, files: "Files", *, full: bool, mark: str) -> Launch:
        variables = files.variables
        options: dict[str, Any] = {"pass_fds": (variables,)}
        if home.worker is not None:
            options |= {"user": home.worker, "group": home.uid, "extra_groups": []}
        if self.bubblewrap is None:
            tasks = home.worker is not None  # a person's own uid has other tasks, which would count
            argv = _bare(order, home, limited(full=full, tasks=tasks), variables)
            env = {**_plain_env(str(home.path / "workspace")), MARK: mark}
            return Launch(argv, env, home.worker, options, mark)
        argv = self._view(self.bubblewrap, home)
        if self.filter is not None:
            argv += ["--seccomp", str(files.calls)]
            options["pass_fds"] = (variables, files.calls)
        argv += ["--", *limited(full=full, tasks=True), *_shell(order.cwd, order.command, variables)]
        if self.cages is None:
            return Launch(argv, _plain_env(WORKSPACE), home.worker, options)
        cage = self.cages.make()
        if home.worker is not None:  # only we may join, so the uid changes after that
            for name in ("user", "group", "extra_groups"):
                del options[name]
            given = [f"--reuid={home.worker}", f"--regid={home.uid}", "--clear-groups"]
            argv = ["/usr/bin/setpriv", *given, "--", *argv]
        return Launch(cage.around(argv), _plain_env(WORKSPACE), home.worker, options, cage=cage)

    def _view(self, bubblewrap: str, home: Home) -> list[str]:
        view = [bubblewrap, "--unshare-all", "--unshare-user", "--uid", str(USER), "--gid", str(USER)]
        view += ["--cap-drop", "ALL", "--die-with-parent", "--new-session", "--hostname", "computer"]
        view += [*self.extras, "--ro-bind", "/usr", "/usr"]
        for name in ("bin", "sbin", "lib", "lib32", "lib64"):
            if Path("/", name).is_symlink():
                view += ["--symlink", f"usr/{name}", f"/{name}"]
            elif Path("/", name).exists():
                view += ["--ro-bind", f"/{name}", f"/{name}"]
        for path in READABLE:
            view += ["--ro-bind-try", path, path]
        for name in ("passwd", "group"):
            view += ["--ro-bind", str(self.etc / name), f"/etc/{name}"]
        view += ["--proc", "/proc", "--dev", "/dev"]
        view += ["--size", str(SHARED_BYTES), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
        view += ["--size", str(TMP_BYTES), "--tmpfs", "/tmp"]
        return view + ["--bind", str(home.path / "workspace"), WORKSPACE, "--remount-ro", "/"]


def probe(runtime: Path, isolation: Isolation, *, unsafe: bool) -> Sandbox | None:
    """The strongest sandbox that works here, tried out for real; None if there is none and none is demanded."""
    etc = runtime / "etc"
    etc.mkdir(mode=0o755)
    for name, content in (("passwd", PASSWD), ("group", GROUP)):
        (etc / name).write_text(content)
        (etc / name).chmod(0o644)
    if bubblewrap := shutil.which("bwrap"):
        for cages, calls, extras in product((find_cages(), None), (seccomp.program(), None), (HARDER, ())):
            sandbox = Sandbox(bubblewrap, etc, extras, calls, cages)
            if _works(sandbox, runtime, isolation):
                return sandbox
    return Sandbox(None, etc) if unsafe else None


def _works(sandbox: Sandbox, runtime: Path, isolation: Isolation) -> bool:
    try:
        home = isolation.make_home(runtime / f"probe-{os.urandom(4).hex()}")
    except OSError:
        return False
    quiet = subprocess.DEVNULL
    try:
        order = Order(PROBE)
        with sandbox.files(order) as files:
            launch = sandbox.launch(order, home, files, full=False, mark="")
            options = {"stdin": quiet, "stdout": quiet, "stderr": quiet, "cwd": "/", **launch.options}
            try:
                return subprocess.call(launch.argv, env=launch.env, timeout=PROBE_SECONDS, **options) == 0
            finally:
                if launch.cage:
                    launch.cage.remove()
    except (OSError, subprocess.SubprocessError, ValueError):
        return False
    finally:
        home.remove()


@contextlib.contextmanager
def _file(name: str, content: bytes) -> Iterator[int]:
    file = os.memfd_create(name)
    try:
        os.write(file, content)
        os.lseek(file, 0, os.SEEK_SET)
        yield file
    finally:
        os.close(file)


def _plain_env(home: str) -> dict[str, str]:
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home, "SHELL": "/bin/bash"}
    return {**env, "LANG": "C.UTF-8", "TERM": "xterm-256color", "USER": "user", "LOGNAME": "user"}


def _shell(cwd: str, command: str, variables: int) -> list[str]:
    return ["/bin/bash", "-c", ENTER, "bash", cwd, command, str(variables)]


def _bare(order: Order, home: Home, limits: list[str], variables: int) -> list[str]:
    """With the limits alone. `/workspace` means the computer's own folder here, too."""
    inside = order.cwd == WORKSPACE or order.cwd.startswith(f"{WORKSPACE}/")
    cwd = str(home.path / "workspace") + order.cwd.removeprefix(WORKSPACE) if inside else order.cwd
    # The kernel forgets a death signal when the uid changes, so it is set by a program that starts after it.
    argv = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--", *limits]
    return [*argv, *_shell(cwd, order.command, variables)]
