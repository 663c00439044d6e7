"""Bad input for every field of every form: a sentence beside the field, and nothing is asked of upstream."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from computers.models import Computer, ControlLease
from dashboard.models import User
from tests.computers.stub import Upstream
from tests.computers.views.conftest import HTMX, Windows

TAB = "bobs-tab"
HTML = "<script>alert(1)</script>"
CONTROL = "a\x1bb"
POINT = {"x": "1", "y": "2"}
LONG = "a" * 10_001

#: (form, its fields) that must be refused; the first field named in each is the one that is wrong.
WRONG: list[tuple[str, dict[str, str]]] = [
    *[(form, {"x": bad, "y": "2"}) for form in ("click", "mouse-down") for bad in (
        "", "one", "NaN", "Infinity", "-1", "1e9", HTML, CONTROL)],
    *[(form, {"y": "NaN", "x": "1"}) for form in ("double-click", "right-click", "mouse-up")],
    *[("drag", {field: "inf", **{other: "1" for other in ("x1", "y1", "x2", "y2") if other != field}})
      for field in ("x1", "y1", "x2", "y2")],
    *[("scroll", {"dx": bad, "dy": "0"}) for bad in ("NaN", "1e9", "far")],
    ("click", {"x": "1280", "y": "2"}), ("right-click", {"y": "720", "x": "2"}),
    ("drag", {"x2": "5000", "x1": "1", "y1": "1", "y2": "1"}),
    ("execute", {"step": '{"type": "click", "x": 5000, "y": 1}'}),
    ("batch", {"steps": '[{"type": "wait"}, {"type": "click", "x": 5000, "y": 1}]'}),
    ("scroll", {"y": "", "dx": "0", "dy": "1", "x": "5"}),
    *[("type", {"text": bad}) for bad in ("", CONTROL, LONG)],
    *[("hotkey", {"keys": bad}) for bad in ("", CONTROL, "a+b+c+d+e+f+g+h+i", "k" * 201)],
    *[(form, {"key": bad}) for form in ("key-down", "key-up") for bad in ("", CONTROL, "k" * 33)],
    *[("execute", {"step": bad}) for bad in (
        "", "[1]", '"click"', "{", '{"x": 1}', '{"type": "<b>"}', '{"type": "click", "x": NaN}',
        '{"type": "go_to_url", "url": "javascript:alert(1)"}', '{"type": "new_tab", "url": "file:///etc/passwd"}',
        '{"type": "change_proxy", "proxy_url": "ftp://host:1"}',
        '{"type": "set_viewport", "width": 0, "height": 600}',
        '{"type": "set_viewport", "width": 100000, "height": 600}', '{"type": "wait", "ms": 9000000}',
        '{"type": "type", "text": ""}', "x" * 70_000)],
    *[("batch", {"steps": bad}) for bad in (
        "", "{}", "[]", "[1]", json.dumps([{"type": "wait"}] * 10_000), json.dumps([{"type": "wait"}] * 101),
        '[{"type": "wait"}, {"type": "go_to_url", "url": "file:///"}]')],
    *[("debug", {"command": bad, "timeout_seconds": "5"}) for bad in ("", CONTROL, "c" * 8001)],
    *[("debug", {"timeout_seconds": bad, "command": "ls"}) for bad in ("0", "99999", "soon")],
]  # fmt: skip

DIALOGS: list[tuple[str, dict[str, str]]] = [
    *[("viewport", {"width": bad, "height": "600", "scale_factor": "1"}) for bad in ("0", "100000", "wide", "")],
    *[("viewport", {"scale_factor": bad, "width": "800", "height": "600"}) for bad in ("0", "NaN", "99")],
    ("viewport", {"width": "800", "preset": "0x100000"}),
    *[("proxy", {"proxy_url": bad}) for bad in (
        "javascript:alert(1)", "file:///etc/passwd", "ftp://host:21", "http://", "http://host", "host:99999",
        "http://host:80/path", "http://a b:80", CONTROL, "http://" + "h" * 2000 + ":1")],
]  # fmt: skip


@pytest.fixture
def driving(window: Windows, computer: Computer, bob: User) -> Client:
    """Bob drives."""
    ControlLease.objects.create(computer=computer, epoch=1, holder=bob, client=TAB)
    return window(bob)


@pytest.mark.parametrize(("form", "fields"), WRONG)
def test_a_wrong_value_is_refused_beside_its_field(
    driving: Client, computer: Computer, upstream: Upstream, form: str, fields: dict[str, str]
) -> None:
    answer = driving.post(
        f"/computers/{computer.public_id}/actions/{form}/",
        fields,
        headers={**HTMX, "X-Lightdeck-Client": TAB},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="act-{form}-{next(iter(fields))}_error"' in page
    assert "<html" not in page and HTML not in page
    assert upstream.requests == []


@pytest.mark.parametrize(("dialog", "fields"), DIALOGS)
def test_a_dialog_refuses_beside_its_field(
    driving: Client, computer: Computer, upstream: Upstream, dialog: str, fields: dict[str, str]
) -> None:
    answer = driving.post(
        f"/computers/{computer.public_id}/{dialog}/", fields, headers={**HTMX, "X-Lightdeck-Client": TAB}
    )
    assert answer.status_code == 422
    assert f'id="id_{next(iter(fields))}_error"' in answer.content.decode()
    assert upstream.requests == []
