"""The models of this server, for its endpoints and for programs inside it."""

import time
from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import State

from ..shots import Shots
from .elsewhere import Answer, Elsewhere, ModelServer, inlined
from .kept import Responses
from .refusals import ModelProblem, no_such_model, refused
from .scripted import Scripted
from .sights import Sights
from .turn import NAME

STAND_IN = "tzafon."
"""Upstream's own names, which its examples carry, are answered by what is here; the answer says by whom."""


class Models:
    """The built-in model, and beside it those of another server if one is set.

    What asks for `local.scripted` by its name, or goes on from an answer of its, is always done here.
    """

    def __init__(self, shots: Shots, server: ModelServer | None = None) -> None:
        self.sights = Sights(shots)
        shots.look = self.sights.look
        self.responses = Responses()
        self.scripted = Scripted(self.sights, self.responses)
        self.elsewhere = Elsewhere(server) if server else None
        self.started = int(time.time())

    async def listed(self) -> dict[str, Any]:
        own = {"id": NAME, "object": "model", "created": self.started, "owned_by": "local_lightcone"}
        if self.elsewhere is None:
            return {"object": "list", "data": [own]}
        answer = await self.elsewhere.ask("GET", "models")
        found = answer.json()
        if answer.status != 200 or not isinstance(found, dict) or not isinstance(found.get("data"), list):
            raise ModelProblem(502, "The model server does not list its models.")
        return {**found, "data": [*found["data"], own]}

    def passes(self, body: dict[str, Any]) -> Elsewhere | None:
        """Who else answers this; None: the built-in model does. `ModelProblem` if there is no such model."""
        name = body.get("model")
        if name is not None and not isinstance(name, str):
            raise refused("model must be a string.")
        previous = body.get("previous_response_id")
        if name == NAME or (isinstance(previous, str) and self.responses.find(previous)):
            return None
        if self.elsewhere is None and name and not name.startswith(STAND_IN):
            raise no_such_model(name)
        return self.elsewhere

    def check(self, body: dict[str, Any]) -> None:
        """Refuses a model that is not here, as far as that is known before it is asked."""
        self.passes(body)

    def answering(self, name: str | None) -> str | None:
        """The model that answers what asks for this one, or for none. None: the other server's usual one."""
        if self.elsewhere is None or name == NAME:
            return NAME
        if name and not name.startswith(STAND_IN):
            return name
        return self.elsewhere.server.model or name

    def passed(self, body: dict[str, Any]) -> dict[str, Any]:
        """A body as it goes elsewhere: with its model's name and its pictures."""
        name = self.answering(body.get("model"))
        return inlined({**body, "model": name} if name else body, self.sights.shot)

    async def respond(self, body: dict[str, Any]) -> dict[str, Any]:
        """`POST /v1/responses` without the way there, never as a stream."""
        elsewhere = self.passes(body)
        if elsewhere is None:
            return await self.scripted.respond(body, navigates=True)
        answer = await elsewhere.ask("POST", "responses", self.passed({**body, "stream": False}))
        found = answer.json()
        if answer.status == 200 and isinstance(found, dict):
            return found
        raise ModelProblem(answer.status if answer.status >= 400 else 502, _reason(found))

    async def passed_on(self, path: str, body: dict[str, Any]) -> "Answer | AsyncGenerator[bytes, None]":
        """What the other server answers to this, as it comes."""
        assert self.elsewhere is not None
        if body.get("stream") is True:
            return await self.elsewhere.stream(path, self.passed(body))
        return await self.elsewhere.ask("POST", path, self.passed(body))

    async def close(self) -> None:
        await self.sights.close()
        if self.elsewhere is not None:
            await self.elsewhere.close()


async def respond(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """Answers the body of a `POST /v1/responses` as the endpoint does, without a request; `state` is `app.state`.

    Give `model` (absent: the usual one), `input`, `tools` with `{"type": "computer_use", "display_width": …,
    "display_height": …}` and either the full history as `input` or `previous_response_id`. The answer is a response
    object (contract §3.7): `output` has a `message`, then at most one `computer_call`. Its coordinates are 0-999;
    unlike over HTTP, `navigate` is among its actions. No `computer_call` means the end, or a question. With function
    tools named `done` and `ask_person` declared, the end is also a `function_call` `done` (arguments
    `{"message": …}`) and a question also one of `ask_person` (`{"question": …}`); what the person then says goes in
    as a user message, or as the call's output. A `computer_call_output` with `"status": "incomplete"` says that the
    action could not be done.

    Raises `Problem` for what the endpoint would refuse. Cancelling it leaves nothing behind.
    """
    models: Models = state.models
    return await models.respond(body)


def _reason(found: object) -> str:
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    return str(error or "The model server refused it without a reason.")[:1000]
