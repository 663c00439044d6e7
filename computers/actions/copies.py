"""Pictures that an answer only links to, copied here at once: its links run out, and are keys to what they show."""

from __future__ import annotations

from typing import Any

from computers import captures
from computers.models import Capture, Computer
from computers.upstream.client import Client
from computers.upstream.errors import UpstreamError
from computers.upstream.pictures import fetched
from computers.wire.results import PICTURE_KEYS, Picture, read_picture
from dashboard.permissions import Actor

#: Under which name a result says which capture its picture became.
CAPTURE = "capture"


async def copied(
    client: Client, computer: Computer, result: dict[str, Any], actor: Actor | None
) -> dict[str, Any]:
    """The result with its picture, if it has one, replaced by the name of our copy; or by why there is none."""
    picture = read_picture(result)
    if picture is None:
        return result
    rest = {key: value for key, value in result.items() if not _is(picture, key, value)}
    try:
        content = await fetched(client, picture)
    except UpstreamError as error:
        return {**rest, "picture": str(error)}
    capture = await captures.keep(computer, Capture.Kind.SCREENSHOT, content, actor)
    return {**rest, CAPTURE: capture.name}


def _is(picture: Picture, key: str, value: Any) -> bool:
    return key in PICTURE_KEYS and isinstance(value, str) and (value == picture.url or bool(picture.content))
