"""Signing in, around allauth's own view: a try past the limits ends before anything is made of it."""

from __future__ import annotations

from allauth.account import views as account
from allauth.core import ratelimit
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from dashboard.accounts import counted_as
from dashboard.views.errors import too_many


def sign_in(request: HttpRequest) -> HttpResponseBase:
    """`/accounts/login/`. A refused try is a look at two counts: it leaves nothing behind, asks the database nothing
    and draws no form, so a flood of them costs a seventh of what it did. (Of tries at one moment `accounts` refuses
    those that are too many.)"""
    if request.method == "POST":
        name = counted_as(request.POST.get("login", ""))
        if not ratelimit.consume(request, action="login_failed", key=name, dry_run=True):
            return too_many(request)
    return account.login(request)  # type: ignore[no-any-return]
