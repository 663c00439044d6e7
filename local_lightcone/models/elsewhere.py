"""Another server's models, passed through: any server that speaks the OpenAI API.

Nothing is translated. What this server is asked goes there and what is answered comes back, streams included; only
addresses of our own pictures become data URLs on the way, which a server elsewhere could not fetch.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from .refusals import ModelProblem

CONNECT_SECONDS = 5.0
SILENT_SECONDS = 120.0
"""Between two pieces of an answer."""

ANSWER_SECONDS = 600.0
MOST_ANSWER_BYTES = 16 * 1024 * 1024
MOST_CONNECTIONS = 100
ROUTES = ("models", "responses", "chat/completions")
UNKNOWN_ROUTE = (404, 405, 501)
TOLD = ("input", "messages")
DEEPEST = 6
"""A picture lies within an item, its content or output, and a part of that."""

BROKEN = b'data: {"error": {"message": "The model server broke off.", "type": "server_error"}}\n\n'

Inline = Callable[[str], bytes | None]
"""A picture of ours by its address."""


@dataclass(frozen=True, slots=True, repr=False)
class ModelServer:
    """Has no `repr`: nothing that is logged shows the key."""

    base_url: str
    """Up to and with `/v1`, as the OpenAI client's `base_url`."""

    key: str | None = None
    model: str | None = None
    """The model for requests that name none, or one of upstream's."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    media_type: str
    body: bytes

    def json(self) -> Any:
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None


class Elsewhere:
    def __init__(self, server: ModelServer) -> None:
        self.server = server
        url = httpx.URL(server.base_url)
        self._shown = f"{url.scheme}://{url.netloc.decode('ascii').rpartition('@')[2]}"
        self._client: httpx.AsyncClient | None = None

    async def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, query: str = ""
    ) -> Answer:
        """One request and its whole answer, whatever its status. Raises `ModelProblem` if there is none to pass on."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._send(method, path, body, query)
                try:
                    found = await self._read(answer)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._unanswered(error) from None
        return self._checked(found, path)

    async def stream(self, path: str, body: dict[str, Any]) -> "Answer | AsyncGenerator[bytes, None]":
        """An answer's bytes as they come; a refusal comes whole."""
        try:
            answer = await self._send("POST", path, body, "")
            if answer.status_code != 200:
                try:
                    return self._checked(await self._read(answer), path)
                finally:
                    await answer.aclose()
        except httpx.HTTPError as error:
            raise self._unanswered(error) from None
        return self._pieces(answer)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _send(self, method: str, path: str, body: dict[str, Any] | None, query: str) -> httpx.Response:
        if self._client is None:
            headers = {"Authorization": f"Bearer {self.server.key}"} if self.server.key else {}
            self._client = httpx.AsyncClient(
                headers=headers,
                timeout=httpx.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS),
                limits=httpx.Limits(max_connections=MOST_CONNECTIONS),
                trust_env=False,
            )
        address = f"{self.server.base_url.rstrip('/')}/{path}{'?' if query else ''}{query}"
        content = orjson.dumps(body) if body is not None else None
        kind = {"Content-Type": "application/json"} if content else {}
        request = self._client.build_request(method, address, content=content, headers=kind)
        return await self._client.send(request, stream=True)

    async def _read(self, answer: httpx.Response) -> Answer:
        body = bytearray()
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > MOST_ANSWER_BYTES:
                raise ModelProblem(502, f"The model server's answer has more than {MOST_ANSWER_BYTES} bytes.")
        kind = answer.headers.get("content-type", "application/json")
        return Answer(answer.status_code, kind, bytes(body))

    async def _pieces(self, answer: httpx.Response) -> AsyncGenerator[bytes, None]:
        """Where the stream breaks or grows too long, the last event says so."""
        size = 0
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                async for piece in answer.aiter_bytes():
                    size += len(piece)
                    if size > MOST_ANSWER_BYTES:
                        yield BROKEN
                        return
                    yield piece
        except (httpx.HTTPError, TimeoutError):
            yield BROKEN
        finally:
            await answer.aclose()

    def _checked(self, answer: Answer, path: str) -> Answer:
        """Refusals that concern our way there, not what was asked, are said in our own words."""
        if answer.status in (401, 403):
            raise ModelProblem(
                424, f"The model server at {self._shown} refuses MODEL_API_KEY ({answer.status})."
            )
        if 300 <= answer.status < 400:
            raise ModelProblem(
                424, f"The model server at {self._shown} sends elsewhere; set MODEL_BASE_URL to that."
            )
        found = answer.json()
        explained = isinstance(found, dict) and "error" in found
        if answer.status in UNKNOWN_ROUTE and path in ROUTES and not explained:
            raise ModelProblem(424, f"The model server at {self._shown} has no /{path}.")
        return answer

    def _unanswered(self, error: Exception) -> ModelProblem:
        late = isinstance(error, httpx.TimeoutException | TimeoutError) and not isinstance(
            error, httpx.ConnectTimeout
        )
        how = "does not answer in time" if late else "does not answer"
        return ModelProblem(504 if late else 502, f"The model server at {self._shown} {how}.")


def inlined(body: dict[str, Any], inline: Inline) -> dict[str, Any]:
    """The body with our own pictures in it instead of their addresses."""
    return {name: _inlined(body[name], inline, DEEPEST) if name in TOLD else body[name] for name in body}


def _inlined(value: Any, inline: Inline, deep: int) -> Any:
    if isinstance(value, list) and deep:
        return [_inlined(each, inline, deep - 1) for each in value]
    if not isinstance(value, dict) or not deep:
        return value
    changed = {name: _inlined(each, inline, deep - 1) for name, each in value.items()}
    if "image_url" in changed:
        changed["image_url"] = _data(changed["image_url"], inline)
    return changed


def _data(address: Any, inline: Inline) -> Any:
    if isinstance(address, dict) and isinstance(address.get("url"), str):  # as chat completions write it
        return {**address, "url": _data(address["url"], inline)}
    picture = inline(address) if isinstance(address, str) else None
    return address if picture is None else f"data:image/jpeg;base64,{b64encode(picture).decode()}"
