"""The model endpoints (contract §3.7, §3.8), but for streamed chat, which is in `chat_stream`.

Nothing is repeated: a question that is asked again is answered, and paid for, again.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeVar

from computers.upstream import errors
from computers.upstream.verbs import segment
from computers.wire.models import read_models
from computers.wire.responses import ModelResponse, read_deleted

T = TypeVar("T")

#: A model may think for longer than the usual minute, seconds.
RESPOND_TIMEOUT = 300.0
#: Everything else, seconds.
MODELS_TIMEOUT = 20.0

UNKNOWN_RESPONSE = "The Lightcone service does not know this response (any more)."
NO_CANCEL = (
    "The Lightcone service has no call to cancel a response: it answers 404, as the real one always does, although it "
    "knows this one. Nothing was cancelled."
)


class Models(ABC):
    """What `Client` can ask of models; how a call is made is the client's."""

    @abstractmethod
    async def _call(
        self, method: str, path: str, body: Any = None, *, timeout: float = MODELS_TIMEOUT, acts: bool = True
    ) -> Any:
        """The JSON of the answer; `UpstreamError`."""

    async def models(self) -> list[str]:
        """`GET /v1/models`: their names."""
        try:
            return _understood(read_models, await self._call("GET", "v1/models", timeout=MODELS_TIMEOUT))
        except errors.Gone as gone:
            raise errors.Refused(refused(gone)) from None

    async def respond(self, body: dict[str, Any]) -> ModelResponse:
        """`POST /v1/responses`. It acts on no computer, so a lost answer leaves nothing unknown but its price."""
        try:
            data = await self._call("POST", "v1/responses", body, timeout=RESPOND_TIMEOUT)
        except errors.Gone as gone:
            raise errors.Mistaken(refused(gone)) from None
        return _understood(ModelResponse.read, data)

    async def response(self, id: str) -> ModelResponse:
        """`GET /v1/responses/{id}`; `Gone` for one that is not stored there."""
        return _understood(ModelResponse.read, await self._stored("GET", id))

    async def delete_response(self, id: str) -> None:
        """`DELETE /v1/responses/{id}`."""
        if not read_deleted(await self._stored("DELETE", id)):
            raise errors.ActionFailed("The Lightcone service says that it did not delete it.")

    async def cancel_response(self, id: str) -> ModelResponse:
        """`POST /v1/responses/{id}/cancel`. The real service has no such call: then `ActionFailed` says so, if it
        knows the response at all."""
        try:
            return _understood(ModelResponse.read, await self._stored("POST", id, "/cancel"))
        except errors.Gone:
            await self.response(id)
            raise errors.ActionFailed(NO_CANCEL) from None

    async def _stored(self, method: str, id: str, part: str = "") -> Any:
        try:
            return await self._call(method, f"v1/responses/{segment(id)}{part}", timeout=MODELS_TIMEOUT)
        except errors.Gone:
            raise errors.Gone(UNKNOWN_RESPONSE) from None


def refused(gone: errors.UpstreamError) -> str:
    """What a 404 means where no computer was asked for: a model that there is not, or a service without models."""
    return f"The Lightcone service refused this (404).{f' It says: {gone.said}' if gone.said else ''}"


def _understood(read: Callable[[Any], T], data: Any) -> T:
    try:
        return read(data)
    except ValueError as error:
        raise errors.NotUnderstood(f"The Lightcone service answered something unexpected. {error}") from None
