"""Why a page did not open: the browser's own codes as sentences."""

from __future__ import annotations

import re

from computers.upstream.errors import ActionFailed

_CODE = re.compile(r"net::ERR_[A-Z0-9_]+")
#: The codes that people meet; every other one is shown as it is.
REASONS = {
    "net::ERR_NAME_NOT_RESOLVED": "the name could not be resolved",
    "net::ERR_NAME_RESOLUTION_FAILED": "the name could not be resolved",
    "net::ERR_CONNECTION_REFUSED": "the server refused the connection",
    "net::ERR_CONNECTION_RESET": "the server broke off the connection",
    "net::ERR_CONNECTION_CLOSED": "the server broke off the connection",
    "net::ERR_EMPTY_RESPONSE": "the server sent nothing",
    "net::ERR_CONNECTION_TIMED_OUT": "the server did not answer in time",
    "net::ERR_TIMED_OUT": "the server did not answer in time",
    "net::ERR_ADDRESS_UNREACHABLE": "the server's address cannot be reached",
    "net::ERR_INTERNET_DISCONNECTED": "the computer has no network",
    "net::ERR_TUNNEL_CONNECTION_FAILED": "the computer's network does not let it through",
    "net::ERR_PROXY_CONNECTION_FAILED": "the computer's proxy cannot be reached",
    "net::ERR_UNSAFE_PORT": "browsers do not open this port",
    "net::ERR_INVALID_URL": "that is not a web address",
    "net::ERR_TOO_MANY_REDIRECTS": "the page redirects in a circle",
    "net::ERR_SSL_PROTOCOL_ERROR": "the secure connection could not be made",
    "net::ERR_CERT_AUTHORITY_INVALID": "its certificate is not trusted",
    "net::ERR_CERT_COMMON_NAME_INVALID": "its certificate is for another name",
    "net::ERR_CERT_DATE_INVALID": "its certificate has run out, or is not valid yet",
    "net::ERR_BLOCKED_BY_CLIENT": "the computer does not allow this address",
    "net::ERR_BLOCKED_BY_ADMINISTRATOR": "the computer does not allow this address",
    "net::ERR_ABORTED": "it was stopped, or it is a download",
    "net::ERR_HTTP_RESPONSE_CODE_FAILURE": "the server answered with an error and no page",
}


class PageNotOpened(ActionFailed):
    """The browser could not open the page. `code` is its own word for why, for the log."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The page could not be opened: {REASONS.get(code, code)}.")
        self.code = code


def explained(error: ActionFailed) -> ActionFailed:
    """`error` as a sentence, where it names one of the browser's codes."""
    found = _CODE.search(str(error))
    return PageNotOpened(found[0]) if found else error
