"""How allauth works in this house: there is no open sign-up, and the secrets of second factors are encrypted."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from dashboard import invitations
from dashboard.encryption import decrypt, encrypt
from dashboard.models import SECOND_FACTORS, User
from dashboard.refusal import Refused

ISSUER = "Lightdeck"
#: No account's name or address is longer, characters.
NAME_LIMIT = 254


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """An account comes with an invitation, and guessing at its password ends soon."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Past the limits no password is looked at."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(respond_429(request)) from None

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth's own begins with the Host that the request names, whose port nobody checks: each port would have
        been a count of its own."""
        return counted_as(str(credentials.get("email") or credentials.get("username") or ""))


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Their words, and what is stored of them."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That is not right. Please try again: an app shows a new code every 30 seconds.",
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


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Who may come in through the OpenID provider: whoever tied their account to it, and whoever holds an invitation.
    An address that both sides know ties nothing: nobody here has proved theirs."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return invitations.open_with(_token(request)) is not None

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """An address is kept only where the provider has proved it and nobody else has it."""
        proved = {each.email.lower() for each in sociallogin.email_addresses if each.verified is True}
        sociallogin.email_addresses = []
        if not sociallogin.is_existing:
            address = sociallogin.user.email.lower()
            taken = User.objects.filter(email__iexact=address).exists()
            sociallogin.user.email = address if address in proved and not taken else ""

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """The account and its membership are one: of several with one invitation one comes through."""
        try:
            with transaction.atomic():
                user = super().save_user(request, sociallogin, form)
                invitations.accept(_token(request), user)
        except Refused:
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("team:invitation"))) from None
        invitations.note_joined(_token(request), user, request.META.get("REMOTE_ADDR", ""))
        request.session.pop(invitations.SESSION_TOKEN, None)
        return user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")


def counted_as(name: str) -> str:
    """By what the tries of one name or address are counted: however it is written, since an account is found so."""
    return unicodedata.normalize("NFKC", name.strip()[:NAME_LIMIT]).casefold()


def _token(request: HttpRequest) -> str:
    return str(request.session.get(invitations.SESSION_TOKEN, ""))
