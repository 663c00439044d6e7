"""Two dashboard processes on PostgreSQL and Redis, another server, and the background services by themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.support.processes import Child, environment
from tests.support.web import Web

pytestmark = pytest.mark.programs


@pytest.mark.parametrize("server", ["uvicorn", "daphne"])
def test_a_process_serves_on_sqlite_alone(
    web_process: Callable[..., Web], tmp_path: Path, server: str
) -> None:
    web = web_process(f"sqlite:///{tmp_path / 'test.sqlite3'}", server=server)
    assert httpx.get(f"{web.url}/readyz").json() == {"database": "ok", "messages": "ok"}
    assert httpx.get(f"{web.url}/accounts/login/").status_code == 200


def test_static_files_are_hashed_compressed_and_kept(web_process: Callable[..., Web], tmp_path: Path) -> None:
    web = web_process(f"sqlite:///{tmp_path / 'test.sqlite3'}")
    page = httpx.get(f"{web.url}/accounts/login/").text
    style = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    answer = httpx.get(f"{web.url}{style}", headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    unchanged = httpx.get(f"{web.url}{style}", headers={"If-Modified-Since": answer.headers["Last-Modified"]})
    assert unchanged.status_code == 304


def test_two_processes_share_postgresql_and_redis(
    web_process: Callable[..., Web], postgres_url: str, redis_url: str
) -> None:
    first = web_process(postgres_url, REDIS_URL=redis_url, LIGHTDECK_BACKGROUND="off")
    second = web_process(postgres_url, migrate=False, REDIS_URL=redis_url, LIGHTDECK_BACKGROUND="off")
    for web in (first, second):
        assert httpx.get(f"{web.url}/readyz").json() == {"database": "ok", "messages": "ok"}


def test_the_background_services_run_alone_and_stop_when_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    keys = {"SECRET_KEY": "x" * 60, "FIELD_ENCRYPTION_KEYS": "wBzbSZLvUkvWqC4gJ3o4m6tCcR3lIYw4lqGm8ZyqY5A="}
    env = environment({"LIGHTDECK_DATA_DIR": str(tmp_path), **keys})
    assert Child(["manage.py", "migrate", "--verbosity=0"], env).wait(60) == 0
    services = Child(["manage.py", "background"], env)
    services.wait_for_line("The background services run.")
    assert services.end() == 0
    assert "Traceback" not in services.output
