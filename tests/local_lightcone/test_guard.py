import os
import stat
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from tzafon import AuthenticationError, Lightcone

from .harness import LocalServer


@pytest.mark.must("refusals")
def test_a_wrong_key_is_401(server: LocalServer) -> None:
    with pytest.raises(AuthenticationError) as error:
        Lightcone(api_key="sk_wrong", base_url=server.url, max_retries=0).computers.list()
    assert error.value.body == {"status": 401, "title": "Invalid token", "type": ""}


@pytest.mark.parametrize("value", [None, "", "Bearer", "Basic sk_x", "Bearer schl\xfcssel"])
def test_so_is_none_or_half_a_one(server: LocalServer, value: str | None) -> None:
    headers = [] if value is None else [(b"Authorization", value.encode("latin-1"))]
    assert httpx.get(f"{server.url}/computers", headers=headers).status_code == 401


def test_the_query_carries_no_key_outside_devtools(server: LocalServer) -> None:
    assert httpx.get(f"{server.url}/computers?token={server.key}").status_code == 401


def test_a_foreign_host_name_is_refused(http: httpx.Client) -> None:
    """A page on the internet may point its own name at this machine."""
    assert http.get("/computers", headers={"Host": "attacker.example"}).status_code == 400
    assert http.get("/computers", headers={"Host": "localhost"}).status_code == 200


def test_health_needs_no_key(server: LocalServer) -> None:
    assert httpx.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.must("routes")
@pytest.mark.must("permanent")
def test_an_unknown_path_is_a_plain_404_and_never_a_redirect(http: httpx.Client, shared: str) -> None:
    for path in ("/nothing", "/computers/", f"/computers/{shared}/", f"/computers/{shared}/fly"):
        answer = http.get(path)
        assert (answer.status_code, answer.text) == (404, "404 page not found")
        assert answer.headers["content-type"].startswith("text/plain")


def test_a_wrong_method_is_405(http: httpx.Client) -> None:
    assert http.put("/computers").json()["status"] == 405


def test_the_key_is_made_once_and_kept_for_its_owner_alone(server: LocalServer) -> None:
    path = server.data_dir / "local.key"
    assert server.key.startswith("sk_") and len(server.key) > 40
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_uid == os.getuid()


def test_an_address_that_others_reach_needs_a_key_of_ones_own(tmp_path: Path) -> None:
    refused = LocalServer(tmp_path, LIGHTDECK_LOCAL_HOST="0.0.0.0")
    assert refused.child.wait() == 2
    assert "set LIGHTDECK_LOCAL_KEY" in refused.child.output
    assert "Traceback" not in refused.child.output


def test_with_one_it_starts_and_answers_to_any_name(another_server: Callable[..., LocalServer]) -> None:
    running = another_server(LIGHTDECK_LOCAL_HOST="0.0.0.0", LIGHTDECK_LOCAL_KEY="sk_explicit")
    address = running.url.replace("0.0.0.0", "127.0.0.1")
    headers = {**running.headers, "Host": "lightcone.internal"}
    assert httpx.get(f"{address}/computers", headers=headers).status_code == 200


def test_two_servers_do_not_share_a_data_folder(server: LocalServer) -> None:
    second = LocalServer(server.data_dir)
    assert second.child.wait() == 2
    assert "already uses" in second.child.output
