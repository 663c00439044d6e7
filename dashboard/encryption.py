"""Secrets at rest: a text column that only ever holds ciphertext."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def encrypt(text: str) -> str:
    """Encrypt with the newest of `FIELD_ENCRYPTION_KEYS`."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits; `cryptography.fernet.InvalidToken` if none does."""
    return _fernet().decrypt(token.encode()).decode()


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField  # only the stubs know it as generic


class EncryptedTextField(_TextField):
    """Plain text in Python, ciphertext in the database. It cannot be searched, which is the point."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(str(value)) if value else ""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str:
        return decrypt(value) if value else ""


def _fernet() -> MultiFernet:
    keys = settings.FIELD_ENCRYPTION_KEYS
    if not keys:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS is empty; `manage.py start` writes one at the first start."
        )
    return MultiFernet([Fernet(key) for key in keys])
