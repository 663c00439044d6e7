"""What every view here begins and ends with: who asks, the computer found through them, and refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import urlencode

from computers.actions import Invalid, Refused
from computers.models import Computer, Seen, see
from computers.upstream.errors import ActionFailed, Mistaken, UpstreamError
from dashboard.database import unit
from dashboard.htmx import is_htmx, redirect
from dashboard.models import User
from dashboard.permissions import Action, Actor

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], Coroutine[Any, Any, HttpResponse]]

#: The browser tab's own id, from sessionStorage: with the person it is what holds a lease.
CLIENT_HEADER = "X-Lightdeck-Client"
CLIENT_ID_LIMIT = 64

#: Where a request keeps the computer that its address names, as its person sees it.
SEEN = "lightdeck_seen"

#: What a refusal's code is worth as a status; any other is a conflict with how things stand.
STATUS_OF_CODE = {"gone": 410, "kind": 422, "name": 422, "size": 422, "environment_id": 422}


def signed_in(view: View[P]) -> View[P]:
    """Lets only people in, and reads them into `request.user`: a template must not do that in the event loop. Whoever
    is in a team that requires a second factor, and has none, is led to set one up first."""
    return _entered(view, strict=True)


def signed_in_anyhow(view: View[P]) -> View[P]:
    """The same without asking for a second factor: for one's own account, and for leaving a team."""
    return _entered(view, strict=False)


def _entered(view: View[P], *, strict: bool) -> View[P]:
    @wraps(view)
    async def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user, seen, waits = await _begun(request, str(kwargs.get("public_id", "")))
        if not isinstance(user, User):
            # A fragment's own address is no page to come back to.
            back = "/" if is_htmx(request) else request.get_full_path()
            return redirect(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")
        if waits and strict:
            return redirect(request, "mfa_index")
        request.user = user
        setattr(request, SEEN, seen)
        return await view(request, *args, **kwargs)

    return entered


@unit
def _begun(
    request: HttpRequest, public_id: str
) -> tuple[AbstractBaseUser | AnonymousUser, Seen | None, bool]:
    """The session, its person with what the header of a page asks, the computer that the address names, and whether a
    second factor is missing: one way to the database, since every view goes it."""
    user = get_user(request)
    if not isinstance(user, User):
        return user, None, False
    waits = user.team_that_waits() is not None
    if not is_htmx(request):
        user.reads_audit = bool(user.teams_for(Action.READ_AUDIT))
    try:
        return user, see(user, public_id) if public_id else None, waits
    except Computer.DoesNotExist:
        return user, None, waits


def person(request: HttpRequest) -> User:
    """Who asks, behind `signed_in`."""
    assert isinstance(request.user, User)
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The person, the tab they act from, and their address."""
    client = request.headers.get(CLIENT_HEADER, "")[:CLIENT_ID_LIMIT]
    return Actor(person(request), client, request.META.get("REMOTE_ADDR", ""))


async def found(request: HttpRequest, public_id: str, action: Action) -> Computer:
    """The computer, through the person who asks: 404 for what is not theirs, 403 for what their role forbids."""
    seen: Seen | None = getattr(request, SEEN, None)
    if seen is None or seen.computer.public_id != public_id:
        raise Http404
    return seen.for_(action)


def explained(error: Exception) -> tuple[str, int]:
    """A refusal as the sentence for the person, and the status of the reply."""
    if isinstance(error, Invalid | Mistaken):
        return str(error), 422
    if isinstance(error, Refused):
        return str(error), 400 if error.code.startswith("address") else STATUS_OF_CODE.get(error.code, 409)
    if isinstance(error, PermissionDenied):
        return "Your role does not allow this.", 403
    # The page said no: nothing between us and upstream failed.
    return str(error), 409 if isinstance(error, ActionFailed) else 502


#: What `explained` explains; anything else is a mistake of ours and goes to the 500 page.
REFUSALS = (Refused, UpstreamError, PermissionDenied)
