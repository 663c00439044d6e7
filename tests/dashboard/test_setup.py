"""`.ci/setup` on machines that lack something, made of stand-ins for the tools it calls."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import ROOT

TOOLS = ("bash", "env", "dirname", "readlink", "sha256sum", "cat", "printf")
REQUIREMENTS = "nothing==1.0\n"


class Machine:
    """A folder with the set-up script, and a PATH that holds only what we put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tools = folder / "tools"
        self.tools.mkdir()
        for name in TOOLS:
            (self.tools / name).symlink_to(shutil.which(name) or name)
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci/setup", folder / ".ci/setup")
        (folder / "requirements.txt").write_text(REQUIREMENTS)
        self.log = folder / "log"
        self.user(1000)

    def tool(self, name: str, script: str = "") -> None:
        """A stand-in that notes its arguments and then does `script`."""
        path = self.tools / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!{self.tools}/bash\nprintf "%s\\n" "{name} $*" >>{self.log}\n{script}\n')
        path.chmod(0o755)

    def user(self, number: int) -> None:
        self.tool("id", f"printf '{number}\\n'")

    def with_environment(self) -> None:
        """The virtual environment stands, with the requirements installed."""
        binaries = self.folder / ".venv/bin"
        binaries.mkdir(parents=True)
        for name in ("python", "pip"):
            (binaries / name).symlink_to(self.tools / "bash")
        interpreter = os.path.realpath(binaries / "python")
        digest = hashlib.sha256(f"{REQUIREMENTS}{interpreter}\n".encode()).hexdigest()
        (self.folder / ".venv/.installed-run").write_text(f"{digest}  -\n")

    def run(self, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.folder / ".ci/setup"), "run"],
            env={"PATH": str(self.tools), "HOME": str(self.folder), **env},
            capture_output=True,
            text=True,
            timeout=30,
        )

    @property
    def called(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_machine_that_has_everything_is_left_alone(machine: Machine) -> None:
    machine.with_environment()
    machine.tool("chromium")
    machine.tool("bwrap")
    machine.tool("apt-get")
    answer = machine.run()
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == answer.stderr == ""
    assert machine.called == ""


def test_root_on_debian_gets_chromium_and_bubblewrap_installed(machine: Machine) -> None:
    machine.with_environment()
    machine.user(0)
    machine.tool("apt-get")
    assert machine.run().returncode == 0
    install = "apt-get install -y -qq --no-install-recommends chromium bubblewrap"
    assert install in machine.called


def test_a_person_without_chromium_is_told_in_one_sentence(machine: Machine) -> None:
    machine.with_environment()
    machine.tool("apt-get")
    answer = machine.run()
    assert answer.returncode == 1
    assert answer.stderr == (
        "No Chromium was found: install Chromium or Google Chrome, or name one in CHROMIUM.\n"
    )
    assert "apt-get" not in machine.called


def test_a_wrong_chromium_is_named(machine: Machine) -> None:
    machine.with_environment()
    answer = machine.run(CHROMIUM="/nowhere/chromium")
    assert answer.returncode == 1
    assert "/nowhere/chromium" in answer.stderr


def test_playwrights_own_browser_is_found(machine: Machine) -> None:
    machine.with_environment()
    machine.tool("bwrap")
    browser = machine.folder / ".cache/ms-playwright/chromium-1234/chrome-linux/chrome"
    browser.parent.mkdir(parents=True)
    browser.touch()
    assert machine.run().returncode == 0


def test_no_browser_is_needed_for_the_real_service(machine: Machine) -> None:
    machine.with_environment()
    assert machine.run(TZAFON_API_KEY="sk_x").returncode == 0


def test_a_missing_venv_module_is_named_to_a_person(machine: Machine) -> None:
    machine.tool("python3", '[[ "$*" != *ensurepip* ]]')
    answer = machine.run()
    assert answer.returncode == 1
    assert answer.stderr == (
        "Python's venv module is missing: install it (on Debian or Ubuntu: apt-get install python3-venv).\n"
    )


def test_a_missing_venv_module_is_installed_for_root(machine: Machine) -> None:
    machine.user(0)
    installed = machine.folder / "installed"
    machine.tool("python3", f'[[ "$*" != *ensurepip* || -e {installed} ]]')
    machine.tool("apt-get", f'[[ "$*" != *python3-venv* ]] || : >{installed}')
    machine.run()
    assert "apt-get install -y -qq --no-install-recommends python3-venv" in machine.called
    assert "python3 -m venv" in machine.called


def test_too_old_a_python_is_named(machine: Machine) -> None:
    machine.tool("python3", "exit 1")
    answer = machine.run()
    assert answer.returncode == 1
    assert "Python 3.11 or newer" in answer.stderr
