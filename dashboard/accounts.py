"""How allauth works in this house: there is no open sign-up, and the secrets of second factors are encrypted."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from dashboard.encryption import decrypt, encrypt
from dashboard.models import SECOND_FACTORS, User

ISSUER = "Lightdeck"


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """An account comes with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Their words, and what is stored of them."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That is not right. Try the next code that the app shows, or the passkey again.",
        "cannot_delete_authenticator": "A team of yours requires a second factor: add another one first.",
    }

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return ISSUER

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = User.objects.get(pk=authenticator.user_id)
        if not user.teams.filter(requires_second_factor=True).exists():
            return True
        others = Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exclude(pk=authenticator.pk)
        return bool(others.exists())
