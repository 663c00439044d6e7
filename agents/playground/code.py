"""The same question as code that runs elsewhere: curl, the Python SDK, the OpenAI client. The key is never in it."""

from __future__ import annotations

import pprint
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

#: The variable that upstream's own programs read their key from.
KEY = "TZAFON_API_KEY"
#: What the picture is called there.
FILE = "screenshot.jpg"
WIDTH = 96


@dataclass(frozen=True, slots=True)
class Code:
    """One program, by the name of what runs it."""

    slug: str
    title: str
    text: str


def programs(base_url: str, path: str, body: dict[str, Any], picture: str = "") -> list[Code]:
    """`body` posted to `path` of that service; `picture` is the text in it that stands for the picture's address."""
    base = _plain(base_url)
    return [
        Code("curl", "curl", _curl(f"{base}/{path}", body, picture)),
        Code("sdk", "Python SDK", _python(_SDK[path], base, body, picture)),
        Code("openai", "OpenAI client", _python(_OPENAI[path], f"{base}/v1", body, picture)),
    ]


def stand_in() -> str:
    """A text that nobody else writes into a question."""
    return f"picture-{secrets.token_hex(8)}"


def _plain(base_url: str) -> str:
    """The address without the name and password that it may carry."""
    parts = urlsplit(base_url.rstrip("/"))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _curl(url: str, body: dict[str, Any], picture: str) -> str:
    text = orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()
    # The shell reads these three even between the lines of a document, and the picture must be read.
    text = re.sub(r"([\\$`])", r"\\\1", text)
    first = ""
    if picture:
        first = f"PICTURE=\"data:image/jpeg;base64,$(base64 < {FILE} | tr -d '\\n')\"\n"
        text = text.replace(picture, "$PICTURE")
    quiet = "-sS --no-buffer" if body.get("stream") else "-sS"
    return (
        f"{first}curl {quiet} {_quoted(url)} \\\n"
        f'  -H "Authorization: Bearer ${KEY}" \\\n'
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d @- <<JSON\n{text}\nJSON\n"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _python(frame: str, base: str, body: dict[str, Any], picture: str) -> str:
    arguments = {name: value for name, value in body.items() if name != "stream"}
    literal = pprint.pformat(arguments, width=WIDTH, sort_dicts=False)
    imports, setting = ["import os"], ""
    if picture:
        imports.insert(0, "import base64")
        read = f'base64.b64encode(open("{FILE}", "rb").read()).decode()'
        setting = f'picture = "data:image/jpeg;base64," + {read}\n'
        literal = literal.replace(repr(picture), "picture")
    return frame.format(
        imports="\n".join(imports), key=f'os.environ["{KEY}"]', base=repr(base), setting=setting, body=literal
    )


# A repeated question is paid for again, so neither client repeats one by itself.
_TZAFON = """{imports}

from tzafon import Lightcone

client = Lightcone(api_key={key}, base_url={base}, max_retries=0, timeout=300)
{setting}question = {body}
"""
_CLIENT = """{imports}

from openai import OpenAI

client = OpenAI(api_key={key}, base_url={base}, max_retries=0, timeout=300)
{setting}question = {body}
"""
_ITEMS = """for item in answer.output:
    print(item)
"""
_SDK = {
    "v1/chat/completions": _TZAFON
    + 'answer = client.chat.create_completion(**question)\nprint(answer["choices"][0]["message"]["content"])\n',
    "v1/responses": _TZAFON + f"answer = client.responses.create(**question)\n{_ITEMS}",
}
_OPENAI = {
    "v1/chat/completions": _CLIENT
    + """for chunk in client.chat.completions.create(stream=True, **question):
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
""",
    "v1/responses": _CLIENT + f"answer = client.responses.create(**question)\n{_ITEMS}",
}
