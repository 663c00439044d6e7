"""Web addresses as people type them: made whole, or refused with a sentence. The only place that judges them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from computers.actions.refusal import Refused

#: Longest address, characters; Chromium itself shows no more of one.
ADDRESS_LIMIT = 2048
#: The schemes that are opened.
WEB = frozenset({"http", "https"})
#: A blank page is not on the web, but people ask for it.
BLANK = "about:blank"

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_PORT = re.compile(r"\d{1,5}(?:[/?#]|$)")
# What shows nothing, or turns the text around it: an address must read as what it is.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def normalise(text: str) -> str:
    """The URL that `text` means: a bare host gets https, `localhost` and numeric addresses http. Else `Refused`."""
    text = text.strip(" ")
    if not text:
        raise Refused("Please enter an address.", "address_empty")
    if len(text) > ADDRESS_LIMIT:
        raise Refused(f"That address is too long: at most {ADDRESS_LIMIT} characters.", "address_too_long")
    if _CONTROL.search(text):
        raise Refused("That address contains control characters.", "address_control")
    if text.lower() == BLANK:
        return BLANK
    if (scheme := _scheme(text)) is None:
        text = f"{'http' if _is_local(text) else 'https'}://{text.removeprefix('//')}"
    elif scheme not in WEB:
        raise Refused(
            f"Addresses that begin with {scheme}: cannot be opened, only web addresses.", "address_scheme"
        )
    return _checked(text)


def for_log(url: str) -> str:
    """The address without the name and password that it may carry."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _scheme(text: str) -> str | None:
    """The scheme in lower case; None for a bare host, which may have a port: `localhost:3000` has no scheme."""
    found = _SCHEME.match(text)
    if found is None or _PORT.match(text, found.end()):
        return None
    return found[1].lower()


def _is_local(text: str) -> bool:
    host = _parts(f"http://{text.removeprefix('//')}").hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _checked(url: str) -> str:
    parts = _parts(url)
    host = parts.hostname or ""
    # Chromium reads a backslash as a slash: what stands before it must not be taken for the name.
    if not host or set(" \\") & set(parts.netloc) or host.startswith(".") or ".." in host:
        raise _no_address()
    return urlunsplit(parts._replace(scheme=parts.scheme.lower(), path=parts.path or "/")).replace(" ", "%20")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _no_address() from None
    return parts


def _no_address() -> Refused:
    return Refused("That is not a web address.", "address_invalid")
