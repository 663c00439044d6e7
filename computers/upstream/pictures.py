"""Pictures that upstream links to, fetched: from its own host with the key, from any other without (contract §4)."""

from __future__ import annotations

import asyncio

import httpx

from computers.upstream import errors
from computers.upstream.client import CONNECT_TIMEOUT, Client, bounded, translated
from computers.wire.results import Picture, media_type

#: Largest picture, bytes: a long page at a large scale.
PICTURE_LIMIT = 24 * 1024 * 1024
#: How long the whole picture may take, seconds.
PICTURE_TIMEOUT = 30.0
#: A link may lead elsewhere this often; each place is checked like the first.
REDIRECTS = 3


async def fetched(client: Client, picture: Picture) -> bytes:
    """A JPEG or PNG; `UpstreamError` for anything else."""
    try:
        content = picture.content or await _download(client, client.access.url(picture.url))
    except errors.UpstreamError as error:
        # Fetching does nothing to anybody.
        error.outcome_unknown = False
        raise
    if not media_type(content):
        raise errors.NotUnderstood("The Lightcone service sent something that is no JPEG and no PNG.")
    return content


async def _download(client: Client, url: str) -> bytes:
    with translated():
        async with asyncio.timeout(PICTURE_TIMEOUT):
            return await _followed(client, url)


async def _followed(client: Client, url: str) -> bytes:
    for _ in range(REDIRECTS + 1):
        request = client.http.build_request(
            "GET",
            url,
            headers=client.access.headers_for(url),
            timeout=httpx.Timeout(PICTURE_TIMEOUT, connect=CONNECT_TIMEOUT),
        )
        response = await client.http.send(request, stream=True)
        try:
            if response.is_redirect and response.next_request is not None:
                url = str(response.next_request.url)
                continue
            if not response.is_success:
                raise errors.UpstreamFailed(
                    f"The picture that the Lightcone service linked to cannot be fetched ({response.status_code})."
                )
            return await bounded(response, PICTURE_LIMIT)
        finally:
            await response.aclose()
    raise errors.UpstreamFailed("The picture that the Lightcone service linked to is redirected in a circle.")
