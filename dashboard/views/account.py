"""One's own account: the ways to sign in, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from computers.views.common import person, signed_in_anyhow
from dashboard.database import unit
from dashboard.htmx import redirect
from dashboard.models import Team, User

KEY_LIMIT = 2**63 - 1
#: What a browser says of itself, for people: the first that fits.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser that is signed in."""

    pk: int
    what: str
    address: str
    since: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page shows."""

    sessions: list[SignedIn]
    has_password: bool
    has_second_factor: bool
    waits: Team | None
    offers_sso: bool
    has_sso: bool


@require_safe
@signed_in_anyhow
async def own_account(request: HttpRequest) -> HttpResponse:
    """`/accounts/`."""
    standing = await _standing(person(request), str(request.session.session_key or ""))
    return render(request, "account/account.html", {"standing": standing})


@require_POST
@signed_in_anyhow
async def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs one browser out; its open pages close at once."""
    if pk > KEY_LIMIT or not await _end(person(request), pk=pk):
        raise Http404
    messages.success(request, "That browser is signed out.")
    return redirect(request, "account")


@require_POST
@signed_in_anyhow
async def sessions_end(request: HttpRequest) -> HttpResponse:
    """Signs every other browser out."""
    count = await _end(person(request), but=str(request.session.session_key or ""))
    said = f"{count} other browser{'' if count == 1 else 's'} signed out."
    messages.success(request, said if count else "You are signed in nowhere else.")
    return redirect(request, "account")


@unit
def _standing(user: User, current: str) -> Standing:
    rows = sorted(UserSession.objects.purge_and_list(user), key=lambda row: row.created_at, reverse=True)
    sessions = [
        SignedIn(row.pk, described(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows
    ]
    sessions.sort(key=lambda each: not each.is_this)
    return Standing(
        sessions,
        user.has_usable_password(),
        user.has_second_factor(),
        user.team_that_waits(),
        bool(settings.OIDC_ISSUER),
        SocialAccount.objects.filter(user=user).exists(),
    )


@unit
def _end(user: User, *, pk: int | None = None, but: str = "") -> int:
    """End one session of the person, or all but one; how many those were."""
    rows = UserSession.objects.filter(user=user)
    ending = list(rows.filter(pk=pk) if pk is not None else rows.exclude(session_key=but))
    for row in ending:
        row.end()
    return len(ending)


def described(user_agent: str) -> str:
    """Firefox on Linux."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Another program"
