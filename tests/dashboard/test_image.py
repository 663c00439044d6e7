"""The images, built and looked at, where an engine answers."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.source import ROOT

BUILD_SECONDS = 1500
pytestmark = pytest.mark.timeout(BUILD_SECONDS + 100)

#: `docker("run", …)`: what it says.
Docker = Callable[..., str]


@pytest.fixture(scope="module")
def docker() -> Docker:
    program = shutil.which("docker")
    if program is None or subprocess.run([program, "info"], capture_output=True, timeout=30).returncode:
        pytest.skip("no Docker engine answers: the images are not built here")

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [program, *arguments], capture_output=True, text=True, cwd=ROOT, timeout=BUILD_SECONDS
        )
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"
        return done.stdout

    return run


@pytest.fixture(scope="module", params=["web", "local"])
def image(request: pytest.FixtureRequest, docker: Docker) -> Iterator[tuple[str, str]]:
    """Its name and its target."""
    name = f"lightdeck-test-{request.param}:{secrets.token_hex(4)}"
    docker("build", "--target", request.param, "--tag", name, ".")
    yield name, request.param
    docker("image", "rm", "--force", name)


def test_it_is_nobodys_and_holds_no_secret(docker: Docker, image: tuple[str, str]) -> None:
    name, _ = image
    facts = json.loads(docker("image", "inspect", name))[0]["Config"]
    assert facts["User"] == "lightdeck" and facts["Healthcheck"]["Test"][0] == "CMD"
    assert not [each for each in facts["Env"] if "KEY" in each or "PASSWORD" in each or "TOKEN" in each]
    assert docker("run", "--rm", name, "id", "-u").strip() == "10001"
    look = "ls -A /data; ls -d /srv/lightdeck/.env /srv/lightdeck/tests || true"
    found = docker("run", "--rm", name, "sh", "-c", look)
    assert found.strip() == ""


def test_the_browser_is_where_it_belongs_and_static_files_are_collected(
    docker: Docker, image: tuple[str, str]
) -> None:
    name, target = image
    has = docker("run", "--rm", name, "sh", "-c", "command -v chromium || true").strip()
    assert bool(has) is (target == "local")
    if target == "web":
        assert "staticfiles.json" in docker("run", "--rm", name, "ls", "/srv/static")
        keys = ("--env=SECRET_KEY=x", "--env=FIELD_ENCRYPTION_KEYS=x")
        assert docker("run", "--rm", *keys, name, "python", "manage.py", "version").strip()
