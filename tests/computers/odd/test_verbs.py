"""Upstream answers in every shape: one call, one sentence, one truth in the audit log, one entry; and then all is well
again."""

from __future__ import annotations

import html

import pytest

from tests.computers.odd.calls import CALLS
from tests.computers.odd.conftest import Desk, clean, honest, patience, quiet
from tests.computers.odd.shapes import OK, SHAPES, said
from tests.support.fake_upstream import ID


@pytest.mark.parametrize("name", CALLS)
async def test_each_odd_answer_is_one_sentence_and_the_truth(
    desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    call, wrong = CALLS[name], []
    path, page = f"/computers/{ID}/{call.path}", f"/computers/{desk.computer.public_id}/{call.page}"
    for shape_name, shape in SHAPES.items():
        caplog.clear()
        desk.answers(path, shape)
        with patience(shape, monkeypatch):
            reply = await desk.post(page, call.fields)
        rows, entries = await desk.audited(), await desk.noted()
        fate = call.fates.get(shape_name, shape.fate)
        shown, why = html.unescape(reply.content.decode()), str(rows[-1].detail.get("error", ""))
        checks = {
            "one call": desk.asked_once(call.method, path, shape),
            "audit": [each.outcome for each in rows] == ["requested", fate],
            "timeline": [each.outcome for each in entries] == [fate],
            "status": reply.status_code in ({200} if fate == OK else {409, 422, 502}),
            "sentence": honest(fate, why, shown),
            "clean": clean(shown),
            "quiet": quiet(caplog.records),
        }
        if bad := [check for check, well in checks.items() if not well]:
            wrong.append(f"{shape_name}: {bad}; {reply.status_code} {rows[-1].outcome} {why!r}")
    assert not wrong, "\n".join(wrong)
    desk.answers(path, said(call.good, OK))
    assert (await desk.post(page, call.fields)).status_code == 200
    assert (await desk.audited())[-1].outcome == OK
