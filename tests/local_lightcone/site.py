"""A small site for the computers to visit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PLAIN = "<!doctype html><title>Plain</title><h1>Plain page</h1><p>größer</p>"
PAD = """<!doctype html><meta charset=utf-8><title>Pad</title>
<body style="margin:0;height:3000px"><input id=box style="position:absolute;left:10px;top:10px;width:200px">
<div id=pad style="position:absolute;left:300px;top:10px;width:300px;height:300px;background:#ccc"></div>
<script>
const log = [], note = (...what) => { log.push(what.join(" ")); document.title = log.length; };
for (const kind of ["click", "dblclick", "contextmenu", "mousedown", "mouseup"])
  pad.addEventListener(kind, e => { e.preventDefault(); note(kind, e.clientX, e.clientY, e.button); });
pad.addEventListener("mousemove", e => { if (e.buttons) note("drag", e.clientX, e.clientY); });
box.addEventListener("keydown", e => note("down", e.key, e.ctrlKey ? "ctrl" : "", e.shiftKey ? "shift" : ""));
box.addEventListener("keyup", e => note("up", e.key));
box.focus();
</script>"""
FILE = "<!doctype html><title>File</title><input type=file id=file>"
MOVING = """<!doctype html><title>Moving</title><h1 id=n></h1>
<script>let i = 0; setInterval(() => { n.textContent = i++; }, 50)</script>"""
ASKING = "<!doctype html><title>Asking</title><script>alert('while it loads')</script><h1>Loaded</h1>"
SLOW_SECONDS = 0.7
PAGES = {"/asking": ASKING, "/": PLAIN, "/pad": PAD, "/file": FILE, "/moving": MOVING}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/big":
            return self._answer(200, b"x" * 3_000_000)
        if self.path == "/nothing":  # a browser that is sent there stays where it is
            return self._answer(204, b"")
        if self.path == "/slow":
            time.sleep(SLOW_SECONDS)
            return self._answer(200, b"<title>Slow</title>")
        page = PAGES.get(self.path.partition("?")[0])
        self._answer(200 if page else 404, (page or "nothing here").encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, body[::-1] + self.headers.get("Proxy-Connection", "").encode())

    def log_message(self, format: str, *values: object) -> None:
        pass

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
