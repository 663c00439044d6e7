"""The question as code: each program is run, and asks what the page would have asked."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.playground.code import FILE, KEY, programs, stand_in
from agents.playground.questions import Answered, Chat, Manner, Picture, Showing
from tests.support.fake_upstream import FakeUpstream, answer, fake_upstream, stream
from tests.support.pictures import jpeg_of

#: Whatever a shell, JSON or Python might take for its own.
ODD = "it's \"5 $HOME\" `id` \\n $(id) {x} 'é'\n<JSON>\nJSON\nEOF 100%"
MANNER = Manner("m", system=ODD, temperature=0.5, max_tokens=9)
CHAT = Chat(MANNER, [{"role": "user", "content": ODD}]).body()
SHOWING = Showing(MANNER, Picture(jpeg_of(8, 8), 8, 8), ODD, "resp_1", (Answered("c1", False),))
#: The OpenAI client is no dependency of ours: this much of it asks what it is asked to.
OPENAI = """
import json, urllib.request
class _Calls:
    def __init__(self, client, path): self.client, self.path = client, path
    def create(self, **body):
        request = urllib.request.Request(f"{self.client.base}/{self.path}", json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.client.key}", "Content-Type": "application/json"})
        urllib.request.urlopen(request).read()
        return type("Answer", (), {"output": ["said"], "__iter__": lambda self: iter(())})()
class OpenAI:
    def __init__(self, api_key, base_url, max_retries, timeout):
        assert max_retries == 0 and timeout == 300
        self.base, self.key = base_url, api_key
        self.responses = _Calls(self, "responses")
        self.chat = type("Chat", (), {"completions": _Calls(self, "chat/completions")})()
"""


@pytest.fixture
async def service() -> AsyncIterator[FakeUpstream]:
    async with fake_upstream() as service:
        service.scripts |= {
            "/v1/chat/completions": answer(body={"choices": [{"message": {"content": "said"}}]}),
            "/v1/responses": answer(body={"id": "r", "output": []}),
        }
        yield service


async def run(text: str, slug: str, folder: Path) -> str:
    """What it printed; it must succeed."""
    (folder / FILE).write_bytes(jpeg_of(8, 8))
    (folder / "openai.py").write_text(OPENAI, encoding="utf-8")
    command = ["bash", "-eu"] if slug == "curl" else [sys.executable, "-"]
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], KEY: "sk_test", "PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, trouble = await asyncio.wait_for(child.communicate(text.encode()), 60)
    assert child.returncode == 0, trouble.decode()
    return said.decode()


@pytest.mark.parametrize("slug", ["curl", "sdk", "openai"])
@pytest.mark.parametrize("path", ["v1/chat/completions", "v1/responses"])
async def test_a_program_asks_the_same_question_with_the_key_of_its_environment(
    service: FakeUpstream, tmp_path: Path, path: str, slug: str
) -> None:
    picture = stand_in()
    is_chat = path == "v1/chat/completions"
    wanted: dict[str, Any] = CHAT if is_chat else SHOWING.body()
    body = CHAT if is_chat else SHOWING.body(picture)
    if slug == "curl" and is_chat:
        service.scripts[f"/{path}"] = stream(b"data: [DONE]\n\n", then_hang=False)
    found = programs(
        service.url, path, {**body, "stream": True} if is_chat else body, "" if is_chat else picture
    )
    text = next(each.text for each in found if each.slug == slug)
    assert "sk_" not in text
    await run(text, slug, tmp_path)
    (request,) = service.asked(f"/{path}")
    asked = json.loads(request.body)
    assert asked.pop("stream", None) == (True if is_chat and slug != "sdk" else None)
    assert asked == wanted
    assert request.headers["authorization"] == "Bearer sk_test"


@pytest.mark.parametrize("path", ["v1/chat/completions", "v1/responses"])
def test_a_name_and_a_password_in_the_address_stay_out(path: str) -> None:
    for program in programs("https://ada:hunter2@models.example/api/", path, {"model": "m"}):
        assert "hunter2" not in program.text and "https://models.example/api" in program.text
