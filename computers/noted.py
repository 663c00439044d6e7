"""What the lease's row says is pressed, as it lies there: which keys is nobody's to read, so those are encrypted.

A note lives as long as a key is held, so `rotate_keys` passes it by.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from cryptography.fernet import InvalidToken

from dashboard.encryption import decrypt, encrypt

logger = logging.getLogger(__name__)


def sealed(held: dict[str, Any]) -> dict[str, Any]:
    """As the row keeps it: `keys`, where there are any, is one text of ciphertext."""
    keys = held.get("keys")
    return {**held, "keys": encrypt(json.dumps(keys))} if keys else held


def opened(row: dict[str, Any]) -> dict[str, Any]:
    """What `sealed` was given. Keys that cannot be read any more are left out, and the log says that they were."""
    held = {name: value for name, value in row.items() if name != "keys"}
    if token := row.get("keys"):
        try:
            held["keys"] = json.loads(decrypt(str(token)))
        except (InvalidToken, ValueError):
            logger.warning("Which keys were held cannot be read any more: they may stay pressed.")
    return held
