"""The environment, read with its types."""

from __future__ import annotations

from pathlib import Path

import pytest
from environ import FileAwareEnv

from dashboard import env
from dashboard.supervisor import start


@pytest.mark.parametrize(
    ("word", "proxies"),
    [
        ("", []),
        ("0", []),
        ("off", []),
        ("1", ["*"]),
        ("true", ["*"]),
        ("10.0.0.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
    ],
)
def test_trusted_proxies_are_addresses_or_everybody(
    monkeypatch: pytest.MonkeyPatch, word: str, proxies: list[str]
) -> None:
    monkeypatch.setenv("LIGHTDECK_TRUST_PROXY", word)
    assert env.trusted_proxies() == proxies


@pytest.mark.parametrize(
    ("word", "on"), [("on", True), ("", False), ("off", False), ("0", False), ("1", True)]
)
def test_background_is_on_unless_switched_off(monkeypatch: pytest.MonkeyPatch, word: str, on: bool) -> None:
    monkeypatch.setenv("LIGHTDECK_BACKGROUND", word or "off")
    assert env.background() is on
    monkeypatch.delenv("LIGHTDECK_BACKGROUND")
    assert env.background() is True


def test_a_value_may_come_from_a_mounted_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk_from_a_file\n")
    monkeypatch.delenv("TZAFON_API_KEY", raising=False)
    monkeypatch.setenv("TZAFON_API_KEY_FILE", str(tmp_path / "key"))
    assert env.tzafon_api_key() == "sk_from_a_file"


def test_an_empty_port_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGHTDECK_PORT", "")
    assert env.port() == 8000


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example, b.example,")
    assert env.allowed_hosts() == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIGHTDECK_PORT", "abc"),
        ("LIGHTDECK_PORT", "0"),
        ("LIGHTDECK_LOCAL_PORT", "99999"),
        ("WEB_CONCURRENCY", "two"),
        ("LIGHTDECK_TIMELINE_DAYS", "ten"),
        ("LIGHTDECK_AUDIT_DAYS", "1e9"),
        ("LIGHTDECK_PRIVATE_UPSTREAMS", "http://10.0.0.5:8100, http://[half"),
        ("DATABASE_URL", "garbage"),
        ("DATABASE_URL", "postgres://name:se/cret@host/database"),
        ("DATABASE_URL_FILE", "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv("LIGHTDECK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as said:
        start.main()
    assert name.removesuffix("_FILE") in str(said.value) and "se" + "/" not in str(said.value)
    assert list(tmp_path.iterdir()) == []


def test_a_data_folder_that_is_none_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIGHTDECK_DATA_DIR", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    assert start.main() == 1
    assert "LIGHTDECK_DATA_DIR" in capsys.readouterr().err


def test_two_servers_do_not_share_a_port(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIGHTDECK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(FileAwareEnv.ENVIRON, "files_cache", {})  # of what other tests read from a file
    monkeypatch.delenv("TZAFON_API_KEY", raising=False)
    monkeypatch.setenv("LIGHTDECK_PORT", "8199")
    monkeypatch.setenv("LIGHTDECK_LOCAL_PORT", "8199")
    assert start.main() == 1
    assert "both 8199" in capsys.readouterr().err
