"""Invitations, seen by whoever makes them and by whoever has the link."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import alogin, get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from computers.views.common import REFUSALS, actor_of, explained, signed_in
from dashboard import invitations
from dashboard.database import unit
from dashboard.htmx import redirect
from dashboard.limits import within
from dashboard.models import Invitation, User
from dashboard.permissions import Action, Role
from dashboard.refusal import Refused
from dashboard.views.errors import too_many
from dashboard.views.team.page import found, team_page

#: Longest token that is looked at, characters.
TOKEN_LIMIT = 200
#: Pages of invitations that one address may ask for in so many seconds.
TRIES_MOST, TRIES_SECONDS = 30, 60
KEY_LIMIT = 2**63 - 1


class SignUpForm(forms.Form):
    """A stranger's new account. The rules are `dashboard.invitations`'."""

    username = forms.CharField(
        label="Username",
        max_length=150,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(
        label="Your name",
        max_length=150,
        required=False,
        help_text="The name that others see. Empty: the username.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label="Email",
        max_length=254,
        required=False,
        help_text="You may sign in with it too.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=1000,
        strip=False,
        required=False,
        help_text="At least ten characters, and not one that others use.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


@require_POST
@never_cache
@signed_in
async def invitation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Makes a link, and shows it: this is the only time."""
    team, role = await found(request, slug, Action.MANAGE_MEMBERS)
    asked = {name: request.POST.get(name, "") for name in ("role", "email", "days")}
    try:
        if asked["role"] not in Role.values:
            raise Refused("Choose a role.", "role")
        days = int(asked["days"]) if asked["days"] in map(str, invitations.LIFETIMES) else 0
        made, token = await invitations.invite(
            actor_of(request), team, Role(asked["role"]), asked["email"], days
        )
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
        return await team_page(request, team, role, status, invitation_trouble=trouble, asked=asked)
    link = request.build_absolute_uri(reverse("team:invitation_link", args=[token]))
    return render(request, "team/invited.html", {"team": team, "invitation": made, "link": link})


@require_POST
@signed_in
async def invitation_revocation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A link that is not good any more."""
    team, _ = await found(request, slug, Action.MANAGE_MEMBERS)
    try:
        if pk > KEY_LIMIT:
            raise Invitation.DoesNotExist
        await invitations.revoke(actor_of(request), team, pk)
    except Invitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, "The invitation was revoked.")
    return redirect(request, "team:page", team.slug)


@require_safe
@never_cache
async def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """`/invitations/<token>/`: keeps the token in the session, and goes on without it in the address."""
    if (refused := await _limited(request)) is not None:
        return refused
    if len(token) > TOKEN_LIMIT or await invitations.find(token) is None:
        return render(request, "team/invitation.html", {"over": invitations.OVER}, status=410)
    await request.session.aset(invitations.SESSION_TOKEN, token)
    return redirect(request, "team:invitation")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password")
async def invitation(request: HttpRequest) -> HttpResponse:
    """`/invitation/`: who invites to what; joined with the account one has, or with a new one."""
    if (refused := await _limited(request)) is not None:
        return refused
    user = await unit(get_user)(request)
    request.user = user
    token = str(await request.session.aget(invitations.SESSION_TOKEN, ""))
    invited = await invitations.find(token) if token else None
    if invited is None:
        return render(request, "team/invitation.html", {"over": invitations.OVER}, status=410)
    if request.method != "POST":
        return _shown(request, user, invited, SignUpForm(initial={"email": invited.email}))
    if isinstance(user, User):
        return await _join(request, user, invited, token)
    return await _sign_up(request, user, invited, token)


async def _join(request: HttpRequest, user: User, invited: Invitation, token: str) -> HttpResponse:
    try:
        team = await invitations.join(actor_of(request), token)
    except REFUSALS as refusal:
        trouble, status = explained(refusal)
        return _shown(request, user, invited, None, status, trouble=trouble)
    await request.session.apop(invitations.SESSION_TOKEN, None)
    messages.success(request, f"Welcome to {team.name}.")
    return redirect(request, "/")


async def _sign_up(
    request: HttpRequest, nobody: AbstractBaseUser | AnonymousUser, invited: Invitation, token: str
) -> HttpResponse:
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return _shown(request, nobody, invited, form, 422)
    wish = {**form.cleaned_data, "email": invited.email or form.cleaned_data["email"]}
    try:
        user = await invitations.sign_up(token, **wish, address=request.META.get("REMOTE_ADDR", ""))
    except Refused as refusal:
        trouble, status = explained(refusal)
        form.add_error(refusal.code if refusal.code in form.fields else None, trouble)
        return _shown(request, nobody, invited, form, status)
    await request.session.apop(invitations.SESSION_TOKEN, None)
    await alogin(request, user, settings.AUTHENTICATION_BACKENDS[0])
    await unit(UserSession.objects.create_from_request)(request)
    messages.success(request, f"Welcome to {invited.team.name}.")
    return redirect(request, "/")


def _shown(
    request: HttpRequest,
    user: AbstractBaseUser | AnonymousUser,
    invited: Invitation,
    form: SignUpForm | None,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    context = {"invitation": invited, "form": None if isinstance(user, User) else form, **extra}
    return render(request, "team/invitation.html", context, status=status)


async def _limited(request: HttpRequest) -> HttpResponse | None:
    """The page "Too many tries", if this address tried too often."""
    address = request.META.get("REMOTE_ADDR", "")
    if await within("invitation", address, TRIES_MOST, TRIES_SECONDS):
        return None
    return too_many(request)
