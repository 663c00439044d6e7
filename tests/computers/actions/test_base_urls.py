"""What people type into "Base URL"."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from computers.actions.base_urls import normalised
from computers.actions.refusal import Invalid


@pytest.fixture(autouse=True)
def _listed(settings: Settings) -> None:
    settings.PRIVATE_UPSTREAMS = ["http://10.0.0.5:8100"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://api.tzafon.ai", "https://api.tzafon.ai"),
        (" api.tzafon.ai/ ", "https://api.tzafon.ai"),
        ("https://API.example/v2/", "https://api.example/v2"),
        ("http://10.0.0.5:8100/", "http://10.0.0.5:8100"),
    ],
)
def test_it_is_made_whole(typed: str, meant: str) -> None:
    assert normalised(typed) == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "not an address"),
        ("https://", "not an address"),
        ("https://exa mple.com", "not an address"),
        ("https://x:port", "not an address"),
        ("https://x:0", "not an address"),
        ("https://[::1", "not an address"),
        ("https://a\nb", "not an address"),
        ("ftp://example.com", "begins with https://"),
        ("javascript://x/%0aalert(1)", "begins with https://"),
        ("https://me:sk_secret@example.com", "Leave the name and password out"),
        ("https://example.com/?key=1", "leave out what follows"),
        ("https://example.com/#x", "leave out what follows"),
        ("https://example.com/" + "x" * 300, "at most 300"),
        ("http://api.example.com", "without TLS"),
        ("http://10.0.0.5:8101", "without TLS"),
    ],
)
def test_what_cannot_be_one_says_why(typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        normalised(typed)
    assert refused.value.code == "base_url" and "sk_secret" not in str(refused.value)
