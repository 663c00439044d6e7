"""The environment, read with its types."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import env


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
