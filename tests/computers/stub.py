"""An upstream that answers whatever a test wants, however odd, over a real connection."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """A whole answer. A body that is no text is sent as JSON."""

    status: int = 200
    body: Any = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def raw(self) -> bytes:
        body = self.body if isinstance(self.body, str) else json.dumps(self.body)
        lines = {"Content-Type": self.content_type, "Content-Length": len(body.encode()), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {self.status} Whatever\r\n{head}\r\n{body}".encode()


@dataclass(frozen=True)
class Raw:
    """These bytes, then the end of the connection."""

    bytes: bytes


@dataclass(frozen=True)
class Silence:
    """Nothing at all, for as long as the test runs."""


HTML = Answer(502, "<html><h1>Bad gateway</h1></html>", "text/html")
HALF_A_BODY = Raw(
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n[{"id": "comp_1'
)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class Upstream:
    """Runs in threads of its own. What no test has said an answer for is 404."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[tuple[str, str], Any] = {}
        self.ending = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def says(self, method: str, path: str, answer: Any) -> None:
        """From now on. A list is said one by one, its last one for ever; what is no answer is the JSON of a 200."""
        self.answers[method, path] = answer if isinstance(answer, list) else [answer]

    def lists(self, *computers: dict[str, Any]) -> None:
        """The answer of `GET /computers`."""
        self.says("GET", "/computers", Answer(body=list(computers)))

    def asked(self, method: str, path: str) -> list[Request]:
        return [each for each in self.requests if (each.method, each.path) == (method, path)]

    def close(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    def answer_to(self, method: str, path: str) -> Any:
        answers = self.answers.get(
            (method, path), [Answer(404, {"title": "Session not found", "status": 404})]
        )
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _handler(upstream) -> type[BaseHTTPRequestHandler]:  # noqa: N805 — `self` is the handler below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                body = json.loads(data) if data else None
                upstream.requests.append(Request(self.command, self.path, dict(self.headers), body))
                answer = upstream.answer_to(self.command, self.path)
                if isinstance(answer, Silence):
                    upstream.ending.wait()
                    self.close_connection = True
                elif isinstance(answer, Raw):
                    self.wfile.write(answer.bytes)
                    self.close_connection = True
                else:
                    self.wfile.write((answer if isinstance(answer, Answer) else Answer(body=answer)).raw())

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
