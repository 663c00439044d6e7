"""Computers opened, listed, asked for and ended on a service that answers in every shape."""

from __future__ import annotations

import html
from typing import Any

import pytest

from computers.connections import access_of, client_of
from computers.fleet import poller as polling
from computers.models import Computer, Connection
from computers.upstream import errors
from dashboard.database import unit
from tests.computers.conftest import fresh, fresh_connection
from tests.computers.odd.calls import COMPUTER
from tests.computers.odd.conftest import DEADLINE, Desk, clean, honest, patience, quiet
from tests.computers.odd.shapes import ANYWHERE, FAILED, OK, SHAPES, SUCCESSES, UNKNOWN, Shape, refused, said
from tests.support.fake_upstream import ID, answer

INSIDE = {name: shape for name, shape in SUCCESSES.items() if "inside" in name}
#: Only an object with an id is a computer.
CREATED: dict[str, Shape] = {
    **ANYWHERE,
    **{name: Shape(shape.script, UNKNOWN) for name, shape in SUCCESSES.items()},
    **INSIDE,
    "no id": said({"kind": "browser", "status": "ready"}, UNKNOWN),
    "odd id": said({"id": 7}, UNKNOWN),
    "long id": said({"id": "c" * 129}, UNKNOWN),
    "id with a NUL": said({"id": "comp\u0000"}, UNKNOWN),
    "id that leads elsewhere": said({"id": ".."}, UNKNOWN),
    "created": refused(201, OK, {"id": "comp_2"}),
    "odd members": said(
        {"id": "comp_3", "kind": 7, "status": "\u0000" * 99, "created_at": "0001-01-01T00:00:00+14:00",
         "expires_at": "9999-12-31T23:59:59-12:00", "idle_expires_at": [], "endpoints": {"cdp": "http://["}},
        OK,
    ),
}  # fmt: skip
#: Whatever a success says beside an error means that it has ended (contract §4), and so does a 404.
ENDED: dict[str, Shape] = {
    **ANYWHERE,
    **{name: Shape(shape.script, OK) for name, shape in SUCCESSES.items()},
    **INSIDE,
    "problem": Shape(ANYWHERE["problem"].script, OK),
}


@unit
def _alive(computer: Computer) -> None:
    Computer.objects.filter(pk=computer.pk).update(gone_at=None, gone_reason="")


@unit
def _known() -> int:
    return Computer.objects.count()


async def test_each_odd_answer_to_opening_one_is_a_sentence_and_the_truth(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = []
    for name, shape in CREATED.items():
        caplog.clear()
        desk.answers("/computers", shape)
        before = await _known()
        with patience(shape, monkeypatch):
            reply = await desk.post("/computers/new/", {"kind": "browser"})
        rows = await desk.audited()
        shown, why = html.unescape(reply.content.decode()), str(rows[-1].detail.get("error", ""))
        checks = {
            "one call": desk.asked_once("POST", "/computers", shape),
            "audit": [each.outcome for each in rows] == ["requested", shape.fate],
            "status": reply.status_code in ({204} if shape.fate == OK else {409, 422, 502}),
            "sentence": honest(shape.fate, why, shown),
            "hint": ("appears by itself" in why) is (shape.fate == UNKNOWN),
            "rows": await _known() - before == (shape.fate == OK),
            "clean": clean(shown),
            "quiet": quiet(caplog.records),
        }
        if bad := [check for check, well in checks.items() if not well]:
            wrong.append(f"{name}: {bad}; {reply.status_code} {rows[-1].outcome} {why!r}")
    assert not wrong, "\n".join(wrong)


async def test_each_odd_answer_to_ending_one_is_a_sentence_and_the_truth(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wrong, path = [], f"/computers/{ID}"
    for name, shape in ENDED.items():
        caplog.clear()
        desk.answers(path, shape)
        with patience(shape, monkeypatch):
            reply = await desk.post(f"/computers/{desk.computer.public_id}/termination/", {"epoch": "1"})
        rows, entries = await desk.audited(), await desk.noted()
        shown, why = html.unescape(reply.content.decode()), str(rows[-1].detail.get("error", ""))
        row = await fresh(desk.computer)
        checks = {
            "one call": desk.asked_once("DELETE", path, shape),
            "audit": [each.outcome for each in rows] == ["requested", shape.fate],
            "timeline": [each.outcome for each in entries] == [shape.fate],
            "gone": row.is_gone is (shape.fate == OK),
            "blamed": row.gone_reason == ("" if shape.fate == FAILED else "terminated by Bob"),
            "sentence": honest(shape.fate, why, shown),
            "clean": clean(shown),
            "quiet": quiet(caplog.records),
        }
        await _alive(desk.computer)
        if bad := [check for check, well in checks.items() if not well]:
            wrong.append(f"{name}: {bad}; {reply.status_code} {rows[-1].outcome} {why!r}")
    assert not wrong, "\n".join(wrong)


#: What a listing says that is one; an empty one has many forms.
LISTED = {"empty", "no content", "null", "no members"}
ODD_LISTS: dict[str, Any] = {
    "an odd row": [COMPUTER, 7],
    "a row without an id": [COMPUTER, {"kind": "browser"}],
    "odd data": {"data": "x"},
}


async def test_each_odd_listing_is_a_sentence_on_the_connection_and_ends_nobody(
    desk: Desk, connection: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    poller = polling.Poller(connection.pk, access_of(await fresh_connection(connection)))
    desk.service.scripts[f"/computers/{ID}"] = answer(body=COMPUTER)
    wrong = []
    for name, shape in {**SHAPES, **{name: said(body, FAILED) for name, body in ODD_LISTS.items()}}.items():
        caplog.clear()
        desk.answers("/computers", shape)
        with monkeypatch.context() as shortened:
            if shape.deadline:
                shortened.setattr(polling, "LISTING_DEADLINE", DEADLINE)
            await poller.round()
        trouble = (await fresh_connection(connection)).trouble
        well = bool(trouble) is (name not in LISTED) and clean(trouble) and quiet(caplog.records)
        if (
            not well
            or (await fresh(desk.computer)).is_gone
            or not desk.asked_once("GET", "/computers", shape)
        ):
            wrong.append(f"{name}: {trouble!r}")
    assert not wrong, "\n".join(wrong)
    desk.answers("/computers", said([COMPUTER], OK))
    await poller.round()
    assert (await fresh_connection(connection)).trouble == ""
    await poller._client.aclose()


@pytest.mark.parametrize(
    ("page", "path", "sound"),
    [
        ("/computers/new/saved/", "/computers", {"an object"}),
        ("/computers/{id}/tabs/", f"/computers/{ID}/tabs", {"a bare list", "odd tabs"}),
    ],
)
async def test_each_odd_answer_to_looking_is_a_sentence_on_the_page(
    desk: Desk,
    page: str,
    path: str,
    sound: set[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    lists: dict[str, Any] = {
        "an object": {"data": [COMPUTER]},
        "a bare list": [{"id": "T1"}],
        "odd tabs": {"tabs": [{"tab_id": "T/1"}, {"tab_id": ".."}, {"tab_id": "a\nb"}, {"id": 7}, None] * 300},
    }  # fmt: skip
    wrong = []
    for name, shape in {**SHAPES, **{name: said(body, OK) for name, body in lists.items()}}.items():
        caplog.clear()
        desk.answers(path, shape)
        with patience(shape, monkeypatch):
            reply = await desk.client.get(page.format(id=desk.computer.public_id))
        shown = html.unescape(reply.content.decode())
        well = clean(shown) and quiet(caplog.records) and desk.asked_once("GET", path, shape)
        if (
            not well
            or reply.status_code not in {200, 409, 422, 502}
            or (name in sound and reply.status_code != 200)
        ):
            wrong.append(f"{name}: {reply.status_code}")
        if name in ANYWHERE and "The Lightcone" not in shown:
            wrong.append(f"{name}: no sentence")
    assert not wrong, "\n".join(wrong)


async def test_after_keeping_alive_an_odd_status_does_no_harm(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.service.scripts[f"/computers/{ID}/keepalive"] = answer(body={"status": "ok"})
    page = f"/computers/{desk.computer.public_id}/keep-alive/"
    for name, shape in SHAPES.items():
        caplog.clear()
        desk.answers(f"/computers/{ID}/status", shape)
        with patience(shape, monkeypatch):
            reply = await desk.post(page, {})
        assert "Kept alive" in reply.content.decode() and quiet(caplog.records), name
        assert [each.outcome for each in await desk.audited()] == ["requested", OK], name
    row = await fresh(desk.computer)
    assert (row.is_gone, row.status) == (False, "running")


@pytest.mark.parametrize("id", ["", ".", ".."])
async def test_an_id_cannot_lead_to_another_address(desk: Desk, id: str) -> None:
    async with client_of(desk.computer.connection) as client:
        for call in (client.close_tab(ID, id), client.get(id), client.terminate(id)):
            with pytest.raises(errors.Refused):
                await call
    assert desk.service.requests == []
