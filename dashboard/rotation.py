"""Every secret in the database encrypted anew with the first of FIELD_ENCRYPTION_KEYS, so that older keys may go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from dashboard.encryption import EncryptedTextField, Sealed, rotated

#: Where a second factor's row keeps what `dashboard.accounts` encrypted.
SECRETS = ("secret", "seed", "migrated_codes")
#: Rows in one transaction: others wait for it.
BITE = 200


def encrypted_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every model's every encrypted field."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field.attname


def rotate_second_factors() -> tuple[int, list[Any]]:
    """The same for what allauth keeps of second factors, as texts inside JSON."""
    done, unreadable = 0, list[Any]()
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            secrets = [name for name in SECRETS if row is not None and row.data.get(name)]
            if row is None or not secrets:
                continue
            try:
                row.data |= {name: _anew(row.data[name]) for name in secrets}
            except InvalidToken:
                unreadable.append(pk)
            else:
                row.save(update_fields=["data"])
                done += 1
    return done, unreadable


def _anew(secret: Any) -> Any:
    return [rotated(each) for each in secret] if isinstance(secret, list) else rotated(secret)


def rotate_column(model: type[models.Model], name: str) -> tuple[int, list[Any]]:
    """Encrypt one column anew; how many rows that were, and the keys of those that none of the keys decrypts."""
    done, unreadable, last = 0, list[Any](), None
    rows = model._default_manager.order_by("pk").annotate(ciphertext=Cast(name, models.TextField()))
    while True:
        with transaction.atomic():
            # Locked: what somebody saves meanwhile must not be replaced by what it was before.
            bite = rows.filter(pk__gt=last) if last is not None else rows
            found = list(bite.select_for_update(of=("self",)).values_list("pk", "ciphertext")[:BITE])
            for pk, ciphertext in found:
                if not ciphertext:
                    continue
                try:
                    model._default_manager.filter(pk=pk).update(**{name: Sealed(rotated(ciphertext))})
                    done += 1
                except InvalidToken:
                    unreadable.append(pk)
        if not found:
            return done, unreadable
        last = found[-1][0]
