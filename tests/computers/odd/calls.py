"""Every verb of a browser computer, as its page asks for it, and the one call upstream that it is."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from tests.computers.odd.shapes import FAILED, OK, SHAPES, SUCCESSES, UNKNOWN
from tests.support.fake_upstream import ID
from tests.support.pictures import jpeg_of

GOOD = {"status": "SUCCESS", "result": {}}
PIXEL = "data:image/jpeg;base64," + base64.b64encode(jpeg_of(4, 4)).decode()
POINT = {"x": "1", "y": "2"}
STEPS = '[{"type": "wait", "ms": 1}, {"type": "wait", "ms": 1}]'
RESULTS = {"executed": 2, "total": 2, "results": [GOOD, GOOD]}
COMPUTER = {"id": ID, "kind": "browser", "status": "RUNNING"}


@dataclass(frozen=True)
class Call:
    """`page` is posted with `fields`; upstream is asked `method` `path` once. `fates` are where it differs from what an
    action means by the same answer."""

    page: str
    fields: dict[str, Any]
    path: str
    method: str = "POST"
    good: Any = field(default_factory=lambda: GOOD)
    fates: dict[str, str] = field(default_factory=dict)


#: Whatever became of a look, nothing was done; and without what was looked for it failed.
LOOKING = dict.fromkeys((name for name, shape in SHAPES.items() if shape.fate in {UNKNOWN, OK}), FAILED)
#: Steps that say nothing of themselves leave it open; a bare list is one of steps.
STEPWISE = dict.fromkeys((name for name, shape in SUCCESSES.items() if shape.fate == OK), UNKNOWN) | {
    "list": OK
}
#: They say nothing about what is no action.
WORDS = ("unknown word", "odd word")
ACTION = {
    "click": POINT,
    "double-click": POINT,
    "right-click": POINT,
    "drag": {"x1": "1", "y1": "2", "x2": "3", "y2": "4"},
    "scroll": {"dx": "0", "dy": "3"},
    "type": {"text": "hello"},
    "hotkey": {"keys": "ctrl+c"},
    "key-down": {"key": "shift"},
    "key-up": {"key": "shift"},
    "mouse-down": POINT,
    "mouse-up": POINT,
    "execute": {"step": '{"type": "wait", "ms": 1}'},
    "debug": {"command": "ls", "timeout_seconds": "5"},
}
CALLS: dict[str, Call] = {
    **{verb: Call(f"actions/{verb}/", fields, verb) for verb, fields in ACTION.items()},
    "batch": Call("actions/batch/", {"steps": STEPS}, "batch", good=RESULTS, fates=STEPWISE),
    "viewport": Call("viewport/", {"width": "800", "height": "600", "scale_factor": "1"}, "viewport"),
    "proxy": Call("proxy/", {"proxy_url": "http://proxy.example:8080"}, "change-proxy"),
    "html": Call("html/", {}, "html", good={"result": {"html_content": "<p>"}}, fates=LOOKING),
    "screenshot": Call("screenshot/", {}, "screenshot", good={"result": {"image": PIXEL}}, fates=LOOKING),
    "keep alive": Call(
        "keep-alive/", {}, "keepalive", fates=dict.fromkeys(("list", "text", "number", *WORDS), OK)
    ),
    "new tab": Call("tabs/", {"url": ""}, "tabs"),
    "close tab": Call("tabs/T%2F1/closure/", {}, "tabs/T%2F1", "DELETE"),
    "switch tab": Call("tabs/T1/switch/", {}, "tabs/T1/switch"),
}
