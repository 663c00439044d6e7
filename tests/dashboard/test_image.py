"""The images, built and looked at, and all the parts of compose.yaml started, where an engine answers."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.architecture.source import ROOT
from tests.support.processes import free_port, wait_until

BUILD_SECONDS = 1500
pytestmark = pytest.mark.timeout(BUILD_SECONDS + 100)

#: `docker("run", …)`: what it says.
Docker = Callable[..., str]
#: How long all the parts may take from their start until they are ready.
READY_SECONDS = 180.0


@pytest.fixture(scope="module")
def docker() -> Docker:
    program = shutil.which("docker")
    if program is None or subprocess.run([program, "info"], capture_output=True, timeout=30).returncode:
        pytest.skip("no Docker engine answers: the images are not built here")

    def run(*arguments: str, **more: str) -> str:
        done = subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=BUILD_SECONDS,
            env={**os.environ, **more},
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


@pytest.fixture
def composed(docker: Docker, tmp_path: Path) -> Iterator[tuple[Callable[..., str], list[str]]]:
    """`docker compose` on parts of these tests' own, which run; and their two addresses."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("there is no `docker compose` here: the parts are not started")
    first = next(port for _ in range(100) if _is_free((port := free_port()) + 1))
    name = f"lightdeck-test-{secrets.token_hex(4)}"
    settings = {
        "COMPOSE_PROJECT_NAME": name,
        "LIGHTDECK_SECRETS": str(tmp_path / "secrets"),
        "LIGHTDECK_WEB_PORTS": f"{first}-{first + 1}",
    }
    subprocess.run([ROOT / ".ci/secrets"], env={**os.environ, **settings}, check=True)
    compose = partial(docker, "compose", **settings)
    try:
        compose("up", "--build", "--detach")
        yield compose, [f"http://127.0.0.1:{port}" for port in (first, first + 1)]
    finally:
        compose("down", "--volumes", "--timeout", "30")
        docker("image", "rm", "--force", f"{name}-web", f"{name}-local")


def test_every_part_starts_and_the_first_owner_signs_in_at_either(
    composed: tuple[Callable[..., str], list[str]],
) -> None:
    compose, addresses = composed
    wait_until(lambda: all(map(_ready, addresses)), READY_SECONDS, "both web processes")
    parts = set(compose("ps", "--services", "--status", "running").split())
    assert parts == {"web", "background", "local", "database", "redis"}
    said = re.search(r"The first owner is (\S+), password (\S+)", compose("logs", "prepare"))
    assert said is not None
    with _signed_in(addresses[0], *said.groups()) as first, _signed_in(addresses[1], *said.groups()) as other:
        form = {"kind": "browser", "name": "in-a-container", "start_page": "about:blank"}
        sizes = {"width": "1280", "height": "800", "lifetime": "10", "idle_limit": "10"}
        opened = first.post(
            "/computers/new/", data={**form, **sizes, **_token(first)}, headers=_origin(first)
        )
        assert opened.url.path not in {"/", "/computers/new/"}, opened.text
        assert "in-a-container" in other.get(opened.url.path).raise_for_status().text


@contextmanager
def _signed_in(address: str, name: str, password: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as browser:
        browser.get("/accounts/login/")
        fields = {"login": name, "password": password, **_token(browser)}
        page = browser.post("/accounts/login/", data=fields, headers=_origin(browser))
        assert page.url.path == "/" and "Fleet" in page.text
        yield browser


def _token(browser: httpx.Client) -> dict[str, str]:
    return {"csrfmiddlewaretoken": browser.cookies["lightdeck_csrf"]}


def _origin(browser: httpx.Client) -> dict[str, str]:
    return {"Origin": str(browser.base_url).rstrip("/")}


def _is_free(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) != 0


def _ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
