"""Every odd shape in which a service may answer (contract §1.5, §4), and what is then known of an action."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson

from tests.support.fake_upstream import Request, Script, answer, raw, silence

OK, FAILED, UNKNOWN = "succeeded", "failed", "unknown"
#: What no page, log or row may repeat: the markup of a gateway.
MARKUP = "<h1>Bad gateway</h1>"
PAGE = f"<html><body>{MARKUP}</body></html>"
PROBLEM = {"type": "", "title": "Session not found", "status": 404}


@dataclass(frozen=True)
class Shape:
    """`fate` is what an action's audit row must say. `deadline`: no answer comes before our own one."""

    script: Script
    fate: str
    deadline: bool = False


def refused(status: int, fate: str, body: Any = b"", kind: str = "application/json", **headers: str) -> Shape:
    """A whole answer with other headers."""
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else orjson.dumps(body)
    said = {"Content_Type": kind, "Content_Length": str(len(data)), "Connection": "close", **headers}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
    return Shape(raw(f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + data), fate)


def said(body: Any, fate: str, kind: str = "application/json") -> Shape:
    return Shape(answer(200, body, kind), fate)


def endless(head: bytes, chunk: bytes, pause: float = 0.0) -> Script:
    """`head`, then `chunk` again and again until the client leaves."""

    async def script(_request: Request, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(65_536)
        writer.write(head)
        while True:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause)

    return script


def _head(status: str, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


JSON_HEAD = _head("200 OK", "Content-Type: application/json", "Connection: close")

#: What the status or the connection says, so that it is the same for every endpoint.
ANYWHERE: dict[str, Shape] = {
    "problem": refused(404, FAILED, PROBLEM),
    "problem of docs": refused(409, FAILED, {**PROBLEM, "detail": "It is not."}, "application/problem+json"),
    "bad key": refused(401, FAILED, {"status": 401, "title": "Invalid token", "type": ""}),
    "no credit": refused(402, FAILED, b""),
    "wrong": refused(422, FAILED, {"error": {"message": "x is no number"}}),
    "older": refused(400, FAILED, {"status": "error", "error_message": "No.", "timestamp": "…"}),
    "busy": refused(429, FAILED, {"title": "Concurrent limit reached"}),
    "busy for a while": refused(429, FAILED, b"", Retry_After="7"),
    "busy until": refused(429, FAILED, "slow down", "text/plain", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"),
    "not now": refused(503, FAILED, {"detail": "Please try again later.", "title": "Unavailable"}, Retry_After="inf"),
    "broken": refused(500, UNKNOWN, {"error": "boom"}),
    "gateway": refused(502, UNKNOWN, PAGE, "text/html"),
    "gateway that lies": refused(504, UNKNOWN, PAGE, "application/json"),
    "truncated refusal": refused(400, FAILED, b'{"title": "Session not fo'),
    "cut refusal": refused(400, FAILED, b'{"title": "Wrong', Content_Length="500"),
    "enormous refusal": Shape(endless(_head("400 Bad", "Connection: close"), b"x" * 65_536), FAILED),
    "hostile refusal": refused(400, FAILED, {"title": "<script>alert(1)</script>\u0000\nnext", "detail": "x" * 5000}),
    "no such status": refused(999, UNKNOWN, b"{}"),
    "elsewhere": refused(302, FAILED, b"", Location="https://example.invalid/"),
    "elsewhere again": refused(307, FAILED, b"", Location="/computers"),
    "nowhere": refused(304, FAILED, b""),
    "hang": Shape(silence, UNKNOWN, deadline=True),
    "drip": Shape(endless(JSON_HEAD, b" ", 0.02), UNKNOWN, deadline=True),
    "drip of headers": Shape(endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.02), UNKNOWN, deadline=True),
    "nothing": Shape(raw(b""), UNKNOWN),
    "no HTTP": Shape(raw(b"\x00\xff nonsense \r\n\r\n"), UNKNOWN),
    "cut": refused(200, UNKNOWN, b'{"status": "SUCC', Content_Length="500"),
    "enormous": Shape(endless(JSON_HEAD + b'{"status": "', b"x" * 65_536), UNKNOWN),
    "no gzip": refused(200, UNKNOWN, b"{}", Content_Encoding="gzip"),
}  # fmt: skip

#: What a success may say, and what is known of an action then.
SUCCESSES: dict[str, Shape] = {
    "page": said(PAGE, UNKNOWN, "text/html"),
    "page that lies": said(PAGE, UNKNOWN),
    "truncated": said(b'{"status": "SUCCESS", "resu', UNKNOWN),
    "not UTF-8": said(b'{"status": "\xff"}', UNKNOWN),
    "deep": said(b"[" * 5000 + b"]" * 5000, UNKNOWN),
    "list": said([PROBLEM], UNKNOWN),
    "text": said('"done"', UNKNOWN),
    "number": said(b"7", UNKNOWN),
    "empty": said(b"", OK),
    "no content": refused(204, OK, b""),
    "null": said(b"null", OK),
    "no members": said({}, OK),
    "lying type": said('{"status": "SUCCESS", "result": {}}', OK, "text/html"),
    "wrong types": said({"status": "ok", "request_id": 7, "executed_tab_id": {}, "result": "x", "error": None}, OK),
    "long": said({"status": "ok", "request_id": "r\u0000" * 5000, "result": {"a\u0000": "x" * 20_000}}, OK),
    "odd link": said({"status": "ok", "result": {"screenshot_url": "http://["}}, OK),
    "link elsewhere": said({"status": "ok", "result": {"screenshot_url": "http://169.254.1.1/key"}}, OK),
    "link to a file": said({"status": "ok", "result": {"screenshot_url": "file:///etc/passwd"}}, OK),
    "unknown word": said({"status": "PARTIAL"}, FAILED),
    "odd word": said({"status": ["SUCCESS"]}, FAILED),
    "error inside": said({"status": "EXECUTION_ERROR", "error_message": "It broke."}, FAILED),
    "older error inside": said({"status": "error", "error_message": "Session not found"}, FAILED),
    "named error inside": said({"error": {"message": "It\u0000broke."}}, FAILED),
    "problem inside": said(PROBLEM, FAILED),
}  # fmt: skip

SHAPES = {**ANYWHERE, **SUCCESSES}
