import hmac
import os
import secrets
from pathlib import Path

KEY_FILE = "local.key"


def load_or_make_key(data_dir: Path, explicit: str | None) -> str:
    """The key that every request must carry: the given one, else the one kept in the data folder."""
    if explicit:
        return explicit
    path = data_dir / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if key := path.read_text().strip():
            return key
        descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC)
    key = f"sk_{secrets.token_hex(24)}"
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key


def same_key(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
