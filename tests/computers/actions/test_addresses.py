"""What people type into "Address"."""

import pytest

from computers.actions import Refused
from computers.actions.addresses import ADDRESS_LIMIT, for_log, normalise


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.com", "https://example.com/"),
        ("  example.com/a b  ", "https://example.com/a%20b"),
        ("example.com:8080/x?y=http://z#w", "https://example.com:8080/x?y=http://z#w"),
        ("//example.com", "https://example.com/"),
        ("HTTP://Example.com", "http://Example.com/"),
        ("https://example.com/path?q=1#top", "https://example.com/path?q=1#top"),
        ("bücher.example", "https://bücher.example/"),
        ("localhost:3000", "http://localhost:3000/"),
        ("app.localhost/x", "http://app.localhost/x"),
        ("127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("192.168.0.7", "http://192.168.0.7/"),
        ("[::1]:8000", "http://[::1]:8000/"),
        ("about:blank", "about:blank"),
        ("About:Blank", "about:blank"),
    ],
)
def test_it_makes_an_address_whole(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "file:///etc/passwd",
        "FILE:/etc/passwd",
        "view-source:https://example.com",
        "view-source:file:///etc/passwd",
        "chrome://settings",
        "chrome:version",
        "devtools://devtools/bundled/inspector.html",
        "javascript:alert(1)",
        "data:text/html,<h1>x</h1>",
        "blob:https://example.com/1",
        "filesystem:https://example.com/1",
        "about:version",
        "ftp://example.com",
        "mailto:alice@lightdeck.example",
    ],
)
def test_it_refuses_every_scheme_that_is_not_the_webs(typed: str) -> None:
    with pytest.raises(Refused, match="cannot be opened, only web addresses") as refused:
        normalise(typed)
    assert refused.value.code == "address_scheme"


@pytest.mark.parametrize("typed", ["", "   "])
def test_it_asks_for_an_address(typed: str) -> None:
    with pytest.raises(Refused, match="Please enter an address"):
        normalise(typed)


@pytest.mark.parametrize(
    "typed", ["java\tscript:alert(1)", "\x00example.com", "exa\nmple.com", "moc.\u202eelpmaxe"]
)
def test_it_refuses_characters_that_nobody_sees(typed: str) -> None:
    with pytest.raises(Refused, match="control characters"):
        normalise(typed)


def test_it_refuses_an_endless_address() -> None:
    with pytest.raises(Refused, match="too long"):
        normalise("example.com/" + "x" * ADDRESS_LIMIT)


@pytest.mark.parametrize(
    "typed",
    [
        "two words",
        "https://",
        "https:///x",
        "https:example.com",
        "http://[::1",
        "example.com:99999",
        "http://a..b",
        "?q",
        "https:\\\\example.com",
        "https://good.example\\@evil.example/",
    ],
)
def test_it_refuses_what_is_no_web_address(typed: str) -> None:
    with pytest.raises(Refused, match="not a web address"):
        normalise(typed)


def test_the_log_keeps_no_password_of_an_address() -> None:
    assert for_log("https://alice:secret@example.com/x?y=1") == "https://example.com/x?y=1"
