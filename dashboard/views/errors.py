"""The calm pages for what went wrong; each works without a database and without a signed-in person. For htmx the same
as a fragment: a whole page must not land inside a form."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html

from dashboard.htmx import is_htmx

NOT_ALLOWED = "Your role does not allow this."
NOT_FOUND = "This is not here any more, or belongs to another team."
OUT_OF_DATE = "This page is out of date: reload it and try again."
TOO_MANY = "Too many tries. Wait a few minutes, then try again."


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: usually a page left open over a sign-in."""
    context = {"title": "This page is out of date", "reason": "Reload it and try again."}
    return _fragment(request, OUT_OF_DATE, 403) or render(request, "403.html", context, status=403)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A role does not allow it."""
    return _fragment(request, NOT_ALLOWED, 403) or render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing is there, or nothing of this person's."""
    return _fragment(request, NOT_FOUND, 404) or render(request, "404.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Somebody tried too often: a flood, perhaps, so it costs nothing."""
    return _fragment(request, TOO_MANY, 429) or HttpResponse(_too_many_page(), status=429)


@cache
def _too_many_page() -> str:
    """The same for everybody: rendered once, and without a request."""
    return render_to_string("429.html")


def _fragment(request: HttpRequest, sentence: str, status: int) -> HttpResponse | None:
    if not is_htmx(request):
        return None
    return HttpResponse(format_html('<p class="errorlist" role="alert">{}</p>', sentence), status=status)
