import os
import shutil
from pathlib import Path

from ..settings import Refusal

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
PLAYWRIGHT_PATTERNS = ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/*/*headless*shell")


def find_chromium(explicit: str | None) -> str:
    """The browser to run: CHROMIUM, then the distribution's, then Google's, then Playwright's own."""
    if explicit:
        if path := shutil.which(explicit):
            return path
        raise Refusal(f"CHROMIUM is {explicit}, which is not a program that can be run.")
    for name in NAMES:
        if path := shutil.which(name):
            return path
    for own in _playwrights_own():
        return str(own)
    raise Refusal("No Chromium was found: install the package chromium, or set CHROMIUM to its path.")


def _playwrights_own() -> list[Path]:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    found = [path for pattern in PLAYWRIGHT_PATTERNS for path in sorted(cache.glob(pattern), reverse=True)]
    return [path for path in found if os.access(path, os.X_OK)]
