"""One running server for the whole suite, one computer that most tests share, and a site to visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tzafon import Lightcone

from tests.support.processes import LASTING_SECONDS
from tests.support.sdk_calls import overheard

from .harness import LocalServer
from .site import serving


@pytest.fixture(autouse=True)
def _marks_are_true(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test that says it calls an endpoint through the SDK does so."""
    claimed = {mark.args[0] for mark in request.node.iter_markers("sdk")}
    with overheard(monkeypatch) as called:
        yield
    assert claimed <= called


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture(scope="session")
def forbidden_site() -> Iterator[str]:
    """A program beside the server whose port no computer may reach."""
    with serving() as url:
        yield url


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, forbidden_site: str) -> Iterator[LocalServer]:
    port = str(urlsplit(forbidden_site).port)
    running = LocalServer(tmp_path_factory.mktemp("local"), LIGHTDECK_FORBIDDEN_PORTS=port).wait()
    yield running
    assert running.end() == 0


@pytest.fixture
def another_server(tmp_path: Path) -> Iterator[Callable[..., LocalServer]]:
    """`another_server(LIGHTDECK_…="…")`: a server of the test's own, ended with it."""
    started: list[LocalServer] = []

    def start(**changes: str) -> LocalServer:
        started.append(LocalServer(tmp_path / "data", **changes))
        return started[-1].wait()

    yield start
    for running in started:
        running.end()


@pytest.fixture
def sdk(server: LocalServer) -> Iterator[Lightcone]:
    with server.sdk() as client:
        yield client


@pytest.fixture
def http(server: LocalServer) -> Iterator[httpx.Client]:
    with server.http() as client:
        yield client


class Common:
    """The computer that most tests share; a new one if one of them ended it. 800x600, so that a wrong default shows."""

    def __init__(self, http: httpx.Client) -> None:
        self._http, self._id = http, ""

    def alive(self) -> str:
        if not self._id or self._http.get(f"/computers/{self._id}/status").is_error:
            limits = dict.fromkeys(("inactivity_timeout_seconds", "max_lifetime_seconds"), LASTING_SECONDS)
            body = {"display": {"width": 800, "height": 600}, **limits}
            self._id = str(self._http.post("/computers", json=body).raise_for_status().json()["id"])
        return self._id

    def back(self, url: str) -> str:
        """The same on that page, in its one tab. Whatever cannot go there any more is replaced."""
        for _ in range(2):
            path = f"/computers/{self.alive()}"
            tabs = self._http.get(f"{path}/tabs").json().get("result", {}).get("tabs", [])
            if len(tabs) == 1 and self._post(f"{path}/navigate", url=url) == "SUCCESS":
                return self._id
            self._http.delete(path)
        pytest.fail("not even a new computer can go there")

    def _post(self, path: str, **body: str) -> object:
        return self._http.post(path, json=body).json().get("status")


@pytest.fixture(scope="session")
def common(server: LocalServer) -> Iterator[Common]:
    with server.http() as http:
        yield Common(http)


@pytest.fixture
def shared(common: Common) -> str:
    """The id of a computer that no test ends."""
    return common.alive()


@pytest.fixture
def computer(common: Common, site: str) -> str:
    """The shared computer, back on a plain page."""
    return common.back(f"{site}/")


@pytest.fixture
def fresh(http: httpx.Client) -> Iterator[Callable[..., str]]:
    """`fresh(display=…)`: the id of a computer of the test's own, ended with it."""
    made: list[str] = []

    def create(**body: object) -> str:
        answer = http.post("/computers", json=body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
        return made[-1]

    yield create
    for computer_id in made:
        http.delete(f"/computers/{computer_id}")
