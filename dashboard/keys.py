"""The secrets of the data folder: made once, readable by their owner only, never printed.

Each has an environment variable that wins over the file. `manage.py start` makes what is missing; everything else
refuses to run without them, because a key made up on the spot would sign people out and lose every stored API key.
"""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet

SECRET_KEY_FILE = "secret.key"
FIELD_KEYS_FILE = "field.keys"
LOCAL_KEY_FILE = "local.key"

SECRET_KEY_BYTES = 64
LOCAL_KEY_BYTES = 32


def prepare_folder(folder: Path) -> None:
    """Make the data folder, closed to everybody else."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def read(folder: Path, name: str) -> str:
    """The content of one key file, or the empty string."""
    try:
        return (folder / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def make_secret_key() -> str:
    return secrets.token_urlsafe(SECRET_KEY_BYTES)


def make_field_key() -> str:
    return Fernet.generate_key().decode("ascii")


def make_local_key() -> str:
    return "sk_" + secrets.token_urlsafe(LOCAL_KEY_BYTES)


def ensure(folder: Path, name: str, value: str) -> str:
    """Keep `value` under `name` unless a key is there already; returns the one that counts."""
    path = folder / name
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if kept := read(folder, name):
            path.chmod(0o600)
            return kept
        path.chmod(0o600)
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(value + "\n")
    return value
