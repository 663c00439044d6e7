"""The least that a verb can be: one Django view with no middleware, session, permission, lease, audit or timeline.

It makes the call and answers with what came back, behind an unstyled page with one htmx form. What it takes is the
price of the way that was chosen (htmx, Django, httpx), before anything that Lightdeck exists for.

`python -m uvicorn tests.bench.least:application`, with LEAST_COMPUTER (the computer's whole URL upstream), LEAST_KEY
and LEAST_BODIES (JSON: endpoint → body). The page of an endpoint is at its name.
"""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

import httpx
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

HTMX = Path(__file__).resolve().parents[2] / "static/vendor/htmx-4.0.1/htmx.js"
PAGE = """<!doctype html><title>Least</title><script type="module" src="/htmx.js"></script>
<form hx-post="/{name}/verb" hx-target="#said" hx-swap="innerHTML"><button id="go">Go</button></form>
<div id="said"></div>"""

BODIES = json.loads(os.environ["LEAST_BODIES"])
upstream = httpx.AsyncClient(headers={"Authorization": f"Bearer {os.environ['LEAST_KEY']}"}, timeout=60)


async def verb(request: HttpRequest, name: str) -> HttpResponse:
    """The call, and what came back."""
    answer = await upstream.post(f"{os.environ['LEAST_COMPUTER']}/{name}", json=BODIES[name])
    return HttpResponse(f"<pre>{html.escape(answer.raise_for_status().text)}</pre>")


async def page(request: HttpRequest, name: str) -> HttpResponse:
    """The form."""
    return HttpResponse(PAGE.format(name=name))


async def script(request: HttpRequest) -> HttpResponse:
    """htmx, as Lightdeck has it."""
    return HttpResponse(HTMX.read_bytes(), content_type="text/javascript")


settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
urlpatterns = [path("htmx.js", script), path("<name>/", page), path("<name>/verb", verb)]
application = get_asgi_application()
