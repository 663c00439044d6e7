"""What a computer's Chromium may see of this machine: nothing but its own folders and `/usr`.

Measured: a Chromium run as our own user hands our key file to anybody who speaks CDP to it. So each runs
as a uid of its own (when we are root) and inside a bubblewrap mount view (when bubblewrap works here; a
person who is not root must have it). Chromium's own sandbox stays on in both.
"""

import json
import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..settings import Refusal
from .home import Home

UIDS = (range(1_879_100_000, 2_147_400_000), range(50_000, 60_000))
"""Ranges that no distribution gives to anybody; the second is for containers that map only 65536 ids."""

PROBE_SECONDS = 10
TRUE = ["/usr/bin/true"]
UNSHARE = ["/usr/bin/unshare", "--user", *TRUE]

READABLE = (
    "/etc/alternatives",
    "/etc/chromium.d",
    "/etc/fonts",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/ssl",
    "/var/cache/fontconfig",
)
POLICY = {"URLBlocklist": ["file://*", "chrome://*", "devtools://*", "view-source:*"]}
POLICY_FOLDERS = ("/etc/chromium/policies/managed", "/etc/opt/chrome/policies/managed")
"""Chromium itself then refuses these addresses, also when they come over CDP."""


@dataclass(frozen=True, slots=True)
class Isolation:
    uids: range | None
    bubblewrap: str | None
    chromium_sandbox: bool

    def make_home(self, path: Path) -> Home:
        # An even one: the odd one after it is for the computer's commands.
        uid = self.uids[2 * secrets.randbelow(len(self.uids) // 2)] if self.uids else None
        return Home.make(path, uid, moved=self.bubblewrap is not None)

    def command(self, argv: list[str], home: Home, policy: Path) -> list[str]:
        if self.bubblewrap:
            return [*_mount_view(self.bubblewrap, argv[0], home, policy), "--", *argv]
        # Chromium must not outlive us. The kernel forgets a death signal when the uid changes, so it
        # is set by a program that starts after the change.
        return ["setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--", *argv]

    def process_options(self, home: Home) -> dict[str, Any]:
        if home.uid is None:
            return {}
        return {"user": home.uid, "group": home.uid, "extra_groups": []}


def probe(runtime: Path, *, allow_unsandboxed: bool) -> Isolation:
    """The strongest isolation that works here, tried out for real, or a `Refusal`."""
    uids = _working_uids(runtime) if os.geteuid() == 0 else None
    bubblewrap = shutil.which("bwrap")
    if bubblewrap and not _works(Isolation(uids, bubblewrap, True), runtime, TRUE):
        bubblewrap = None
    root = os.geteuid() == 0
    apart = uids is not None if root else bubblewrap is not None
    isolation = Isolation(uids, bubblewrap, True)
    # Chromium's sandbox needs a user namespace of its own, and refuses root.
    sandbox = not (root and uids is None) and _works(isolation, runtime, UNSHARE)
    if apart and sandbox:
        return isolation
    if allow_unsandboxed:
        return Isolation(uids, bubblewrap, sandbox)
    raise Refusal(
        "Chromium cannot be isolated here, which takes bubblewrap and user namespaces: install bubblewrap, "
        "permit user namespaces, or set LIGHTDECK_ALLOW_UNSANDBOXED=1 to start without, at your own risk."
    )


def write_policy(runtime: Path) -> Path:
    folder = runtime / "policy"
    folder.mkdir(mode=0o755)
    (folder / "lightdeck.json").write_text(json.dumps(POLICY))
    return folder


def _working_uids(runtime: Path) -> range | None:
    for uids in UIDS:
        if _works(Isolation(uids, None, True), runtime, TRUE):
            return uids
    return None


def _works(isolation: Isolation, runtime: Path, argv: list[str]) -> bool:
    try:
        home = isolation.make_home(runtime / f"probe-{secrets.token_hex(4)}")
    except OSError:
        return False
    try:
        command = isolation.command(argv, home, runtime / "policy")
        options = isolation.process_options(home)
        quiet = subprocess.DEVNULL
        done = subprocess.run(
            command, stdin=quiet, stdout=quiet, stderr=quiet, cwd="/", timeout=PROBE_SECONDS, **options
        )
        return done.returncode == 0
    except (OSError, subprocess.SubprocessError, ValueError):
        return False
    finally:
        home.remove()


def _mount_view(bubblewrap: str, program: str, home: Home, policy: Path) -> list[str]:
    view = [bubblewrap, "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    view += ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        if Path("/", name).is_symlink():
            view += ["--symlink", f"usr/{name}", f"/{name}"]
        elif Path("/", name).exists():
            view += ["--ro-bind", f"/{name}", f"/{name}"]
    for path in READABLE:
        view += ["--ro-bind-try", path, path]
    for folder in POLICY_FOLDERS:
        view += ["--ro-bind", str(policy), folder]
    real = Path(program).resolve().parent
    if not real.is_relative_to("/usr"):  # Google's lives in /opt, Playwright's in a cache folder
        view += ["--ro-bind", str(real), str(real)]
    for outside, inside in home.mounts():
        view += ["--bind", outside, inside]
    return [*view, "--chdir", "/"]
