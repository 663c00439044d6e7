"""What every answer carries, and the calm pages for what went wrong."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

from dashboard.urls import urlpatterns as ours


async def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


async def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("sk_secret")


urlpatterns = [path("forbidden/", forbidden), path("broken/", broken), *ours]


async def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(
    async_client: AsyncClient, transactional_db: None
) -> None:
    answer = await async_client.get("/accounts/login/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["script-src"].split()[0] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]


async def test_no_page_is_framed_or_sniffed(async_client: AsyncClient, transactional_db: None) -> None:
    answer = await async_client.get("/accounts/login/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("address", "status"), [("forbidden", 403), ("nowhere", 404), ("broken", 500)])
async def test_what_goes_wrong_gets_a_calm_page(address: str, status: int) -> None:
    answer = await AsyncClient(raise_request_exception=False).get(f"/{address}/")
    assert answer.status_code == status
    assert b"<h1>" in answer.content
    assert b"Traceback" not in answer.content and b"sk_secret" not in answer.content


def test_a_foreign_host_is_refused(client: Client, transactional_db: None) -> None:
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400
