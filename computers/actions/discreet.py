"""What was typed and a proxy's password, taken out of what upstream says back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import orjson

from computers.upstream.errors import UpstreamError

#: Shorter ones are looked for only where they stand alone or quoted: every sentence would be full of holes.
SHORTEST_SECRET = 3
#: A sentence may quote only the beginning of a long one; so many characters of it are enough to know it.
CUT_SECRET = 12
HIDDEN = "…"

_QUOTED = "(?<=['\"`‘“«]){}(?=['\"`’”»])"


def credentials_of(url: str) -> set[str]:
    """Name and password of an address, as written and as meant."""
    try:
        userinfo = urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return {url}
    name, _, password = userinfo.partition(":")
    return {each for part in (userinfo, name, password) for each in (part, unquote(part)) if each}


def without(value: Any, secrets: Iterable[str]) -> Any:
    """JSON with every secret in its texts replaced."""
    return _without(value, _spellings(secrets))


def sentence_without(sentence: str, secrets: Iterable[str]) -> str:
    """A sentence about what failed, with every secret in it replaced: short ones, and the beginnings of long ones."""
    spelt = _spellings(secrets)
    sentence = str(_without(sentence, spelt))
    for secret in spelt:
        if len(secret) < SHORTEST_SECRET:
            sentence = re.sub(_QUOTED.format(re.escape(secret)), HIDDEN, sentence)
        elif len(secret) > CUT_SECRET:
            sentence = _without_beginning(sentence, secret)
    return sentence


@contextmanager
def discreet(secrets: list[str]) -> Iterator[None]:
    """Upstream's errors inside the block repeat none of these."""
    try:
        yield
    except UpstreamError as error:
        if secrets:
            error.args = (sentence_without(str(error), secrets), *error.args[1:])
        raise


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Each secret as it is, and as programs quote it; longest first."""
    found: set[str] = set()
    for secret in secrets:
        json = orjson.dumps(secret.encode("utf-8", "replace").decode()).decode()
        found |= {secret, repr(secret)[1:-1], json[1:-1], quote(secret, safe="", errors="replace")}
    return sorted(filter(None, found), key=len, reverse=True)


def _without(value: Any, secrets: list[str]) -> Any:
    if isinstance(value, str):
        if value.strip() in secrets:
            return HIDDEN
        for secret in secrets:
            if len(secret) >= SHORTEST_SECRET:
                value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, dict):
        return {_without(key, secrets): _without(each, secrets) for key, each in value.items()}
    return [_without(each, secrets) for each in value] if isinstance(value, list) else value


def _without_beginning(sentence: str, secret: str) -> str:
    while (start := sentence.find(secret[:CUT_SECRET])) >= 0:
        length = CUT_SECRET
        while sentence.startswith(secret[: length + 1], start) and length < len(secret):
            length += 1
        sentence = sentence[:start] + HIDDEN + sentence[start + length :]
    return sentence
