"""The Lightcone REST API: one short method per endpoint that Lightdeck calls.

What acts on a computer is in `verbs`, what is done with agent tasks in `tasks`, what is asked of models in `models`.
"""

from __future__ import annotations

import asyncio
import builtins
import math
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from computers.upstream import errors
from computers.upstream.addresses import GuardedTransport, why_unreachable
from computers.upstream.models import Models
from computers.upstream.tasks import Tasks
from computers.upstream.verbs import CALL_TIMEOUT, Verbs, path_of
from computers.wire.upstream import ComputerFacts, error_inside, error_sentence, read_list

T = TypeVar("T")

UNREADABLE_KEY = (
    "This connection's key cannot be decrypted with any of FIELD_ENCRYPTION_KEYS: enter the key anew."
)
#: Seconds to connect.
CONNECT_TIMEOUT = 5.0
#: Creating a computer blocks until its browser runs.
CREATE_TIMEOUT = 60.0
#: No call is waited for longer than this, seconds: the longest command (an hour), and the way there and back.
LONGEST_CALL = 3600.0 + 15.0
#: Longest answer that is read into memory, bytes; a page's HTML may be large.
BODY_LIMIT = 32 * 1024 * 1024
#: What is read of an answer that says no, bytes: enough for its sentence.
REFUSAL_LIMIT = 65_536
#: And how long it is read, seconds.
REFUSAL_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Access:
    """Where a connection points and its key. The key appears in no repr, log or URL; an empty one stands for a key that
    cannot be decrypted."""

    base_url: str
    key: str

    def __repr__(self) -> str:
        return f"Access({self.base_url!r})"

    @property
    def headers(self) -> dict[str, str]:
        """The authorisation every call carries; `BadKey` where there is none to give."""
        if not self.key:
            raise errors.BadKey(UNREADABLE_KEY)
        return {"Authorization": f"Bearer {self.key}", "User-Agent": "Lightdeck"}

    def headers_for(self, url: str) -> dict[str, str]:
        """The headers for an absolute URL, perhaps one that upstream gave: the key goes to upstream's own host and
        nowhere else, and never in the clear where the base URL is not."""
        try:
            own, asked = urlsplit(self.base_url), urlsplit(url)
        except ValueError:
            return {}
        in_the_clear = own.scheme == "https" and asked.scheme not in {"https", "wss"}
        return self.headers if asked.netloc == own.netloc and not in_the_clear else {}

    def url(self, path: str) -> str:
        """Absolute URL of an upstream path; a base URL with a path prefix keeps its prefix. Absolute URLs pass as they
        are. `NotUnderstood` for what cannot be an address."""
        try:
            absolute = bool(urlsplit(path).scheme)
        except ValueError:
            raise errors.NotUnderstood("The Lightcone service named an address that is none.") from None
        return path if absolute else self.base_url.rstrip("/") + "/" + path.lstrip("/")


class Client(Verbs, Tasks, Models):
    """One connection's REST calls. Open for as long as its owner needs; `aclose` it. Every method raises
    `UpstreamError`."""

    def __init__(self, access: Access, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.access = access
        self.http = httpx.AsyncClient(
            transport=transport or GuardedTransport(),
            timeout=httpx.Timeout(CALL_TIMEOUT, connect=CONNECT_TIMEOUT),
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close the pool."""
        await self.http.aclose()

    # Life cycle (contract §3.1)

    async def list(self) -> list[ComputerFacts]:
        """`GET /computers`: every live computer of the key's organisation."""
        return await self._listed("computers")

    async def saved(self) -> builtins.list[ComputerFacts]:
        """`GET /computers?type=persistent`: those that were saved when they ended."""
        return await self._listed("computers?type=persistent")

    async def create(self, wish: dict[str, Any]) -> ComputerFacts:
        """`POST /computers`; `wish` holds only fields of contract §3.1."""
        data = await self._call("POST", "computers", wish, timeout=CREATE_TIMEOUT)
        _sound(data)
        return _understood(ComputerFacts.read, data, acts=True)

    async def get(self, id: str) -> ComputerFacts:
        """`GET /computers/{id}`."""
        return _understood(ComputerFacts.read, await self._call("GET", path_of(id)))

    async def status(self, id: str) -> ComputerFacts:
        """`GET /computers/{id}/status`: like `get`, without kind and endpoints."""
        return _understood(ComputerFacts.read, await self._call("GET", path_of(id, "status")))

    async def keep_alive(self, id: str) -> None:
        """`POST /computers/{id}/keepalive`: starts the idle limit anew; the lifetime stays. What it answers beside an
        error is not published."""
        _sound(await self._call("POST", path_of(id, "keepalive")))

    async def terminate(self, id: str) -> None:
        """`DELETE /computers/{id}`. A computer that is already gone counts as terminated, and so does any success
        without an error inside (contract §4)."""
        try:
            answer = await self._answer("DELETE", path_of(id), None, CALL_TIMEOUT)
        except errors.Gone:
            return
        try:
            data = _json(answer)
        except errors.NotUnderstood:
            return
        _sound(data)

    # DevTools (contract §3.5)

    async def cdp_version(self, cdp_path: str) -> dict[str, Any]:
        """`GET <cdp path>/json/version`: Chrome's own object, with the socket's URL."""
        data = await self._call("GET", cdp_path.rstrip("/") + "/json/version")
        if not isinstance(data, dict):
            raise errors.NotUnderstood("The Lightcone service answered something unexpected for DevTools.")
        return data

    # Inner works

    async def _listed(self, path: str) -> builtins.list[ComputerFacts]:
        data = await self._call("GET", path)
        _sound(data)
        return _understood(read_list, data)

    async def _call(
        self, method: str, path: str, body: Any = None, *, timeout: float = CALL_TIMEOUT, acts: bool = True
    ) -> Any:
        try:
            return _json(await self._answer(method, path, body, timeout))
        except errors.UpstreamError as error:
            if method == "GET" or not acts:
                error.outcome_unknown = False
            raise

    async def _answer(self, method: str, path: str, body: Any, timeout: float) -> bytes:
        """The body of a success, bounded in size and time; `UpstreamError` for anything else."""
        content = orjson.dumps(body) if body is not None else None
        url = self.access.url(path)
        headers = {
            **self.access.headers_for(url),
            **({"Content-Type": "application/json"} if content is not None else {}),
        }
        timeout = min(timeout, LONGEST_CALL)
        with translated():
            request = self.http.build_request(
                method,
                url,
                content=content,
                headers=headers,
                timeout=httpx.Timeout(timeout, connect=CONNECT_TIMEOUT),
            )
            # httpx's own limit begins anew with every byte.
            async with asyncio.timeout(timeout):
                response = await self.http.send(request, stream=True)
                try:
                    if not response.is_success:
                        raise await refusal(response)
                    return await bounded(response, BODY_LIMIT)
                finally:
                    await response.aclose()


class translated:  # noqa: N801 — used like a function
    """Turns httpx's exceptions inside the block into ours. Nothing of the request is quoted: it may hold a key or typed
    text."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: Any, error: BaseException | None, _traceback: Any) -> None:
        match error:
            case (
                httpx.ConnectError()
                | httpx.ConnectTimeout()
                | httpx.PoolTimeout()
                | httpx.UnsupportedProtocol()
                | httpx.InvalidURL()
            ):
                raise errors.Unreachable(why_unreachable(error)) from error
            case httpx.HTTPError() | TimeoutError():
                raise errors.NoAnswer(
                    "The Lightcone service did not answer in time, or broke off."
                ) from error


async def bounded(response: httpx.Response, limit: int) -> bytes:
    """The body; `NotUnderstood` once it is longer than `limit` bytes."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise errors.NotUnderstood(
                "The Lightcone service answered more than can be read.", outcome_unknown=True
            )
    return bytes(body)


async def refusal(response: httpx.Response) -> errors.UpstreamError:
    """What an answer that is no success means. Its status is enough: a body that is cut or has no end is read as far as
    it goes."""
    if response.is_redirect:
        return errors.NotUnderstood("The Lightcone service redirected the call: is the base URL right?")
    body = bytearray()
    try:
        async with asyncio.timeout(REFUSAL_TIMEOUT):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > REFUSAL_LIMIT:
                    break
    except (httpx.HTTPError, TimeoutError):
        pass
    said = error_sentence(bytes(body[:REFUSAL_LIMIT]), response.headers.get("content-type", ""))
    # "Your key sk_… is not valid": what upstream says goes to pages and logs.
    if key := response.request.headers.get("authorization", "").removeprefix("Bearer "):
        said = said.replace(key, "…")
    return errors.from_status(response.status_code, said, _retry_after(response))


def _json(body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise errors.NotUnderstood(
            "The Lightcone service answered something that is not JSON.", outcome_unknown=True
        ) from None


def _sound(data: Any) -> None:
    """`ActionFailed` for a success with an error inside."""
    if error := error_inside(data):
        raise errors.ActionFailed(error)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds; also as a date, reckoned from the moment that the answer itself names."""
    said = response.headers.get("retry-after", "")
    try:
        seconds = float(said)
    except ValueError:
        try:
            then, now = parsedate_to_datetime(said), parsedate_to_datetime(response.headers.get("date", ""))
            seconds = (then - now).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _understood(read: Callable[[Any], T], data: Any, *, acts: bool = False) -> T:
    try:
        return read(data)
    except ValueError as error:
        raise errors.NotUnderstood(
            f"The Lightcone service answered something unexpected. {error}", outcome_unknown=acts
        ) from None
