"""Single sign-on, around allauth's own views: a form that leads elsewhere, and a provider that does not answer."""

from __future__ import annotations

import logging

from allauth.account.decorators import reauthentication_required
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as openid
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.models import User

logger = logging.getLogger(__name__)

#: The one provider that the environment names.
PROVIDER = "sso"
#: What allauth lets through when the provider is away, or answers something else than it should (requests' own errors
#: are OSErrors).
AWAY = (OSError, ValueError, KeyError)


@require_POST
@never_cache
def begin(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Goes to the provider. Our policy lets no form lead elsewhere, not by a redirect either, so a page leads there."""
    _known(provider_id)
    try:
        answer = openid.login(request, provider_id)
    except AWAY as error:
        return _away(request, error)
    if isinstance(answer, HttpResponseRedirect):
        return render(request, "socialaccount/leaving.html", {"to": answer.url})
    return answer  # type: ignore[no-any-return]


@require_safe
@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Comes back from the provider."""
    _known(provider_id)
    try:
        return openid.callback(request, provider_id)  # type: ignore[no-any-return]
    except AWAY as error:
        return _away(request, error)


@require_safe
def sso_cancelled(request: HttpRequest) -> HttpResponse:
    """Somebody said no at the provider."""
    messages.info(request, "You did not sign in.")
    return redirect("account_login")


@require_POST
@login_required
@reauthentication_required(app="allauth.socialaccount")  # type: ignore[untyped-decorator]
def unlink(request: HttpRequest) -> HttpResponse:
    """The account is signed in to with its password alone, if it has one."""
    assert isinstance(request.user, User)
    if request.user.has_usable_password():
        SocialAccount.objects.filter(user=request.user).delete()
        messages.success(request, "Single sign-on is not linked any more.")
    return redirect("account")


def _known(provider_id: str) -> None:
    if provider_id != PROVIDER or not settings.OIDC_ISSUER:
        raise Http404


def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("Single sign-on failed: %s", type(error).__name__)
    return render(request, "socialaccount/authentication_error.html", {"away": True}, status=502)
