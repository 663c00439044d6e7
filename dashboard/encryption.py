"""Secrets at rest: a text column that only ever holds ciphertext."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def encrypt(text: str) -> str:
    """Encrypt with the newest of `FIELD_ENCRYPTION_KEYS`."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with whichever key fits; `cryptography.fernet.InvalidToken` if none does."""
    return _fernet().decrypt(token.encode()).decode()


def rotated(token: str) -> str:
    """The same text encrypted with the newest key; `InvalidToken` if no key fits."""
    return _fernet().rotate(token.encode()).decode()


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField  # only the stubs know it as generic


class Sealed(str):
    """Ciphertext as it lies in the database, told as no text at all; saving it changes nothing."""

    token: str

    def __new__(cls, token: str) -> Sealed:
        sealed = super().__new__(cls, "")
        sealed.token = token
        return sealed


class EncryptedTextField(_TextField):
    """Plain text in Python, ciphertext in the database. It cannot be searched, which is the point.

    What none of the keys decrypts is an `InvalidToken` for whoever reads the row, or with `lenient` a `Sealed` text:
    for a row that must be read, shown and mended all the same.
    """

    def __init__(self, *args: Any, lenient: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lenient = lenient

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.token
        return encrypt(str(value)) if value else ""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str:
        if not value:
            return ""
        try:
            return decrypt(value)
        except InvalidToken:
            if self.lenient:
                return Sealed(value)
            raise


def _fernet() -> MultiFernet:
    keys = settings.FIELD_ENCRYPTION_KEYS
    if not keys:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS is empty; `manage.py start` writes one at the first start."
        )
    return MultiFernet([Fernet(key) for key in keys])
