"""One's own account: the name that others see, the ways to sign in, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
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


#: Longest name, characters: the column's size.
SHOWN_LIMIT = 150


class NameForm(forms.Form):
    """The name that others see."""

    name = forms.CharField(
        label="Your name",
        max_length=SHOWN_LIMIT,
        required=False,
        help_text="The name that others see. Empty: the username.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        """What cannot be seen in a name deceives."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not name.isprintable():
            raise ValidationError("A name is made of visible characters.")
        return name


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
    return await _page(request, NameForm(initial={"name": person(request).get_full_name()}))


@require_POST
@signed_in_anyhow
async def account_name(request: HttpRequest) -> HttpResponse:
    """Changes the name that others see; who signs in stays who they are."""
    form = NameForm(request.POST)
    if not form.is_valid():
        return await _page(request, form, 422)
    await _rename(person(request), form.cleaned_data["name"])
    messages.success(request, "Your name was changed.")
    return redirect(request, "account")


async def _page(request: HttpRequest, form: NameForm, status: int = 200) -> HttpResponse:
    standing = await _standing(person(request), str(request.session.session_key or ""))
    context = {"standing": standing, "name_form": form}
    return render(request, "account/account.html", context, status=status)


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
def _rename(user: User, name: str) -> None:
    User.objects.filter(pk=user.pk).update(first_name=name, last_name="")


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
