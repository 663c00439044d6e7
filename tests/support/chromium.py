"""The browser that plays the person's part."""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")


def find() -> str:
    """Its path: CHROMIUM, the system's, Playwright's own."""
    if given := os.environ.get("CHROMIUM"):
        return given
    for name in NAMES:
        if found := shutil.which(name):
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    for path in sorted(cache.glob("chromium*/chrome-*/*chrome*")):
        if os.access(path, os.X_OK) and path.is_file():
            return str(path)
    pytest.fail("No Chromium was found: `.ci/setup test` installs one.")


#: Every window would come with a page of the browser's own for its address bar, which nobody here sees: measured, they
#: take three quarters of the processor time of opening windows.
ITS_OWN_PAGES = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
#: What Playwright 1.65 switches off; of two such arguments only the last one counts.
PLAYWRIGHTS = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
)


def arguments() -> list[str]:
    """Chromium's own sandbox refuses to be started by root; the pages it shows here are ours."""
    features = f"--disable-features={','.join((*PLAYWRIGHTS, *ITS_OWN_PAGES))}"
    return [features, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
