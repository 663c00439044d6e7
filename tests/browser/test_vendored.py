"""What the pages load is there, is ours or pinned, and asks nobody outside."""

from __future__ import annotations

import re
import subprocess
import sys

from computers.templatetags.page import VENDORED
from tests.support.processes import ROOT

STATIC = ROOT / "static"
SCRIPTS = sorted((STATIC / "js").glob("**/*.js"))
TEMPLATES = sorted((ROOT / "templates").glob("**/*.html"))


def test_the_vendored_files_are_those_of_the_manifest() -> None:
    check = [sys.executable, str(STATIC / "vendor/vendor.py"), "--check"]
    assert subprocess.run(check, capture_output=True, text=True).stderr == ""


def test_every_vendored_folder_has_its_licence() -> None:
    for folder in (STATIC / "vendor").glob("*-*/"):
        assert (folder / "LICENSE").is_file(), folder.name


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = next((STATIC / "vendor").glob("tabler-icons-*/sprite.svg")).read_text()
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([^"]+)"', path.read_text())}
    named |= set(re.findall(r'icon: "([^"]+)"', (STATIC / "js/ui/states.js").read_text()))
    assert named <= drawn


def test_every_import_is_a_bare_name_of_a_module_that_exists() -> None:
    """Only bare names pass through the import map, which knows the hashed addresses."""
    for path in SCRIPTS:
        for name in re.findall(r'^import [^;]*?"([^"]+)";', path.read_text(), re.MULTILINE):
            assert name in VENDORED or (STATIC / "js" / name).is_file(), f"{path.name} imports {name}"


def test_nothing_outside_is_loaded_and_nothing_is_inline() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r'(?:src|href)="https?://', text), path
        assert not re.search(r"\s(?:style|on[a-z]+|hx-on[^=]*)=", text), (
            f"{path} has an inline style or handler"
        )
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text)
        assert all('type="importmap"' in tag and "nonce=" in tag for tag in inline), path


def test_devices_know_nothing_of_the_protocol() -> None:
    for path in (STATIC / "js/input").glob("*.js"):
        assert not re.search(r'"(?:live|ui|pages)/', path.read_text()), f"{path.name} reaches out of its room"
