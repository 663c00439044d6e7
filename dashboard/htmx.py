"""The little that an htmx reply needs beyond Django's own responses."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url


def nonce(request: HttpRequest) -> dict[str, object]:
    """Context processor: `csp_nonce` for the page's own script tags.

    Only a whole page may use it: a fragment is swapped into a page whose header names another nonce.
    """
    return {"csp_nonce": getattr(request, "csp_nonce", "")}


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked, so that a fragment is the right answer."""
    return bool(getattr(request, "htmx", False))


def dialog_done(response: HttpResponse) -> HttpResponse:
    """The answer to a dialog's form that did what was asked: the dialog closes, and the sentence stands in the page."""
    response["HX-Retarget"] = "#navigation-answer"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Trigger"] = "dialog-done"
    return response


def redirect(request: HttpRequest, to: object, *args: object, **kwargs: object) -> HttpResponse:
    """Send the whole page elsewhere, whether htmx or the browser asked."""
    url = resolve_url(to, *args, **kwargs)  # type: ignore[arg-type]
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
