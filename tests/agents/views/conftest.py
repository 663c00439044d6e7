"""Bob's playground: a service made of scripts, and a computer there that he drives."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.test import AsyncClient
from pytest_django.fixtures import Settings

from computers import leases
from computers.models import Computer, Connection
from dashboard.database import unit
from dashboard.models import AuditEvent, User
from dashboard.permissions import Actor
from tests.support.fake_upstream import ID, FakeUpstream, answer, fake_upstream
from tests.support.pictures import jpeg_of

TAB = "bobs-tab"
HEADERS = {"HX-Request": "true", "X-Lightdeck-Client": TAB}
SECRET = "hunter2-unseen"
CHAT, RESPONSES, SHOT = "/v1/chat/completions", "/v1/responses", f"/computers/{ID}/screenshot"
PICTURE = jpeg_of(1280, 720)
CLICK = {"type": "click", "x": 500, "y": 250, "button": "left"}


def proposing(*actions: Any, id: str = "resp_1", **more: Any) -> dict[str, Any]:
    calls = [
        {"type": "computer_call", "call_id": f"c{n}", "action": each} for n, each in enumerate(actions, 1)
    ]
    said = {"type": "message", "content": [{"type": "output_text", "text": "Looking."}]}
    return {"id": id, "status": "completed", "model": "m", "output": [said, *calls], **more}


class Play:
    """Bob's page, in which he drives checkout-1."""

    def __init__(self, client: AsyncClient, service: FakeUpstream, computer: Computer) -> None:
        self.client, self.service, self.computer = client, service, computer
        self.common = {"connection": str(computer.connection_id), "model": "m"}

    async def post(self, page: str, **fields: Any) -> Any:
        return await self.client.post(f"/playground/{page}", {**self.common, **fields}, headers=HEADERS)

    async def chat(self, *turns: str, **fields: Any) -> tuple[int, list[dict[str, Any]]]:
        """The status, and each line of the answer."""
        said = [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(turns)]
        reply = await self.post("chat/", messages=json.dumps(said), **fields)
        if not reply.streaming:
            return reply.status_code, [reply.json()]
        text = b"".join([piece async for piece in reply.streaming_content])
        return reply.status_code, [json.loads(line) for line in text.splitlines()]

    async def ask(self, instruction: str = "buy it", **fields: Any) -> Any:
        usual = {"source": "computer", "computer": self.computer.public_id}
        return await self.post("responses/", instruction=instruction, **{**usual, **fields})

    async def run(self, wanted: Any, **fields: Any) -> Any:
        return await self.post(
            "actions/", **{"action": json.dumps(wanted), "computer": self.computer.public_id, **fields}
        )

    def asked(self, path: str = RESPONSES) -> list[Any]:
        return [json.loads(request.body or b"null") for request in self.service.asked(path)]


@unit
def _placed(computer: Computer, connection: Connection, url: str) -> Computer:
    connection.base_url = url
    connection.save()
    Computer.objects.filter(pk=computer.pk).update(upstream_id=ID)
    return Computer.objects.select_related("connection__team").get(pk=computer.pk)


@unit
def audited() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("pk"))


@pytest.fixture
async def play(
    bob: User, computer: Computer, connection: Connection, settings: Settings
) -> AsyncIterator[Play]:
    async with fake_upstream() as service:
        settings.PRIVATE_UPSTREAMS = [service.url]
        shot = {"screenshot_url": f"{service.url}/shot.jpeg"}
        service.scripts |= {
            SHOT: answer(body={"status": "SUCCESS", "result": shot}),
            "/shot.jpeg": answer(200, PICTURE, "image/jpeg"),
            RESPONSES: answer(body=proposing(CLICK)),
        }
        computer = await _placed(computer, connection, service.url)
        await leases.take(computer, Actor(bob, TAB))
        client = AsyncClient()
        await client.aforce_login(bob, "allauth.account.auth_backends.AuthenticationBackend")
        yield Play(client, service, computer)
