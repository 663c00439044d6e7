"""A model server of somebody else's: says what it was asked, and misbehaves on demand."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "mk-a-key-of-theirs"
SLOW_SECONDS = 1.0
CHUNKS = [
    b'data: {"choices": [{"index": 0, "delta": {"content": "%d"}}]}\n\n' % number for number in range(3)
]


class Other(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        """By path: what is answered instead."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def last(self) -> Any:
        return self.asked[-1][2]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Other

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "null")
        self._serve("POST", body)

    def do_GET(self) -> None:
        self._serve("GET", None)

    def do_DELETE(self) -> None:
        self._serve("DELETE", None)

    def log_message(self, format: str, *values: object) -> None:
        pass

    def _serve(self, method: str, body: Any) -> None:
        self.server.asked.append((method, self.path, body))
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self._answer(401, b'{"error": {"message": "bad key"}}')
        if self.path in self.server.answers:
            return self._answer(*self.server.answers[self.path])
        if body and body.get("stream"):
            return self._stream(breaks=body["model"] == "breaks")
        if self.path == "/v1/models":
            return self._answer(200, b'{"object": "list", "data": [{"id": "theirs", "object": "model"}]}')
        if method == "POST":
            if body.get("model") == "slow":
                time.sleep(SLOW_SECONDS)
            answer = {"id": "resp_theirs", "object": "response", "model": body.get("model"), "output": []}
            return self._answer(200, json.dumps({**answer, "created_at": 1, "status": "completed"}).encode())
        self._answer(200, json.dumps({"id": self.path.rpartition("/")[2], "via": method}).encode())

    def _stream(self, *, breaks: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in CHUNKS[:1] if breaks else [*CHUNKS, b"data: [DONE]\n\n"]:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if breaks:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def other_server() -> Iterator[Other]:
    server = Other()
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
