"""The secrets of the data folder."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

from dashboard import keys


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first = keys.ensure(tmp_path, keys.LOCAL_KEY_FILE, keys.make_local_key())
    assert first.startswith("sk_")
    assert keys.ensure(tmp_path, keys.LOCAL_KEY_FILE, keys.make_local_key()) == first
    assert keys.read(tmp_path, keys.LOCAL_KEY_FILE) == first


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    keys.ensure(tmp_path, "any.key", "value")
    path = tmp_path / "any.key"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    keys.ensure(tmp_path, "any.key", "value")
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    (tmp_path / "any.key").touch()
    assert keys.ensure(tmp_path, "any.key", "value") == "value"
    assert keys.read(tmp_path, "any.key") == "value"
    assert (tmp_path / "any.key").stat().st_mode & 0o777 == 0o600


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "var"
    keys.prepare_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_field_key_encrypts() -> None:
    assert Fernet(keys.make_field_key()).encrypt(b"text")
