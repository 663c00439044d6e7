"""Django's middlewares without a thread for each of their steps.

Django sends every step of a middleware that is written synchronously through a thread of the request's own: sixteen
switches and a new thread cost a click a third of its time. None of these steps reads or writes anything outside the
process, except where it is said below, so here they run where the request runs.
"""

from __future__ import annotations

from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.deprecation import MiddlewareMixin


class Here(MiddlewareMixin):
    """Runs its steps on the event loop; `waits` says when the step after the view has something to wait for."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        before: Any = getattr(self, "process_request", None)
        response = before(request) if before is not None else None
        response = response or await self.get_response(request)  # type: ignore[misc]
        after: Any = getattr(self, "process_response", None)
        if after is None:
            return response  # type: ignore[no-any-return]
        if self.waits(request):
            return await sync_to_async(after)(request, response)  # type: ignore[no-any-return]
        return after(request, response)  # type: ignore[no-any-return]

    def waits(self, request: HttpRequest) -> bool:
        """Whether `process_response` reads or writes the database."""
        return False


class Security(Here, SecurityMiddleware):
    """Headers, and the way to TLS."""


class ContentPolicy(Here, CSPMiddleware):
    """What a page may load."""


class Framing(Here, XFrameOptionsMiddleware):
    """Who may frame a page: nobody."""


class Sessions(Here, SessionMiddleware):
    """The session of the cookie, read when it is asked for; one that changed is written."""

    def waits(self, request: HttpRequest) -> bool:
        return bool(request.session.modified)


class Addresses(Here, CommonMiddleware):
    """The slash at an address's end, and an answer's length."""


class Forgery(Here, CsrfViewMiddleware):
    """A form must come from our own page. Its token is in a cookie, so nothing is read."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            # An instance's own: Django asks it whether the step is asynchronous.
            self.process_view = self._process_view_here  # type: ignore[method-assign, assignment]

    async def _process_view_here(self, *args: Any) -> Any:
        return super().process_view(*args)


class People(Here, AuthenticationMiddleware):
    """Who asks, read when it is asked for."""


class Messages(Here, MessageMiddleware):
    """What the next page says once. Those that do not fit into a cookie are in the session."""

    def waits(self, request: HttpRequest) -> bool:
        said: Any = getattr(request, "_messages", None)
        return said is not None and bool(said.used or said.added_new)
