"""What a connection's base URL may be. Where it leads is checked again, on the connected address, at every connection
(`upstream/addresses.py`)."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from computers.actions.refusal import Invalid
from computers.upstream.addresses import is_listed

#: Longest base URL, characters: the column's size.
BASE_URL_LIMIT = 300


def normalised(text: str) -> str:
    """The base URL without a slash at its end; `Invalid` with what is wrong with it."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise _wrong("That is not an address. It looks like https://api.example.com.") from None
    if parts.scheme not in {"http", "https"}:
        raise _wrong("A base URL begins with https://.")
    host = parts.hostname or ""
    if not host or port == 0 or not text.isprintable() or any(sign in host for sign in " %\\<>\"'"):
        raise _wrong("That is not an address. It looks like https://api.example.com.")
    if parts.username is not None or parts.password is not None:
        raise _wrong("Leave the name and password out: the key belongs into its own field.")
    if parts.query or parts.fragment:
        raise _wrong("A base URL ends with its path: leave out what follows ? or #.")
    whole = urlunsplit((parts.scheme, parts.netloc.lower(), parts.path.rstrip("/"), "", ""))
    if len(whole) > BASE_URL_LIMIT:
        raise _wrong(f"A base URL has at most {BASE_URL_LIMIT} characters.")
    if parts.scheme == "http" and not is_listed(whole):
        raise _wrong(
            "Over http:// the key would travel without TLS, for everybody on the way to read. Use https://, or have "
            "the address listed in LIGHTDECK_PRIVATE_UPSTREAMS if it is on a network of your own."
        )
    return whole


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, "base_url")
