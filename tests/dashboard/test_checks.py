"""What is wrong with an installation is said at start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from dashboard import checks


def ids(found: object) -> list[str]:
    assert isinstance(found, list)
    assert all(one.hint for one in found)
    return [one.id for one in found]


@pytest.fixture(autouse=True)
def plain(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    monkeypatch.delenv("LIGHTDECK_HOST", raising=False)
    settings.REDIS_URL = ""
    settings.BACKGROUND = True


def test_one_process_needs_no_redis() -> None:
    assert ids(checks.check_processes(None)) == []


def test_more_than_one_worker_needs_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    assert ids(checks.check_processes(None)) == ["lightdeck.E001"]
    settings.REDIS_URL = "redis://127.0.0.1"
    assert ids(checks.check_processes(None)) == []


def test_background_services_elsewhere_need_redis(settings: Settings) -> None:
    settings.BACKGROUND = False
    assert ids(checks.check_processes(None)) == ["lightdeck.E002"]


def test_a_key_that_cannot_encrypt_is_found_at_start(settings: Settings) -> None:
    assert ids(checks.check_field_keys(None)) == []
    settings.FIELD_ENCRYPTION_KEYS = ["hunter2"]
    assert ids(checks.check_field_keys(None)) == ["lightdeck.E003"]


def test_a_data_folder_open_to_others_is_an_error(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o755)
    assert ids(checks.check_data_folder(None)) == ["lightdeck.E004"]
    tmp_path.chmod(0o700)
    assert ids(checks.check_data_folder(None)) == []


@pytest.mark.parametrize(
    ("host", "found"), [("127.0.0.1", []), ("localhost", []), ("0.0.0.0", ["lightdeck.W001"])]
)
def test_plain_http_beyond_loopback_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, host: str, found: list[str]
) -> None:
    monkeypatch.setenv("LIGHTDECK_HOST", host)
    assert ids(checks.check_plain_http(None)) == found
    settings.BEHIND_TLS = True
    assert ids(checks.check_plain_http(None)) == []


def test_believing_every_peer_is_warned_of(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setenv("LIGHTDECK_HOST", "0.0.0.0")
    settings.TRUSTED_PROXIES = ["*"]
    assert ids(checks.check_trusted_proxies(None)) == ["lightdeck.W002"]
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    assert ids(checks.check_trusted_proxies(None)) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("", "", ""), []),
        (("https://id.example", "lightdeck", "secret"), []),
        (("http://127.0.0.1:9", "lightdeck", "secret"), []),
        (("https://id.example", "lightdeck", ""), ["lightdeck.E005"]),
        (("", "", "secret"), ["lightdeck.E005"]),
        (("http://id.example", "lightdeck", "secret"), ["lightdeck.E006"]),
    ],
)
def test_single_sign_on_is_whole_and_over_tls(
    monkeypatch: pytest.MonkeyPatch, given: tuple[str, str, str], found: list[str]
) -> None:
    for name, value in zip(("ISSUER", "CLIENT_ID", "CLIENT_SECRET"), given, strict=True):
        monkeypatch.setenv(f"OIDC_{name}", value)
    assert ids(checks.check_single_sign_on(None)) == found
