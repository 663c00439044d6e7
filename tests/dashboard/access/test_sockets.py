"""Every socket × nobody, a stranger, every role and whoever was removed; and from a page that is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings

from dashboard import routing
from dashboard.database import unit
from dashboard.models import Membership, User
from dashboard.sockets import Close
from tests.dashboard.access.conftest import Ids
from tests.support.sockets import sign_in

HERE = "http://127.0.0.1:8000"
#: The nearest is another program on the same machine.
ELSEWHERE = (
    *("http://127.0.0.1:8001", "http://127.0.0.1", "https://127.0.0.1:8000", "http://localhost:8000"),
    *("null", None),
)
OPEN = 0
#: Route → what an operator, a viewer, a stranger and whoever was removed are answered. The wall is each one's own.
SOCKETS = {
    "ws/computers/<str:public_id>/": (OPEN, OPEN, Close.NOT_FOUND, Close.NOT_FOUND),
    "ws/computers/<str:public_id>/terminal/": (OPEN, Close.NOT_ALLOWED, Close.NOT_FOUND, Close.NOT_FOUND),
    "ws/tasks/<str:public_id>/": (OPEN, OPEN, Close.NOT_FOUND, Close.NOT_FOUND),
    "ws/fleet/": (OPEN, OPEN, OPEN, Close.NOT_ALLOWED),
}
#: From the first word until nothing more comes at once, seconds.
QUIET_SECONDS = 0.15


def place(route: str, ids: Ids) -> str:
    return "/" + route.replace("<str:public_id>", str(ids["task" if "tasks" in route else "computer"]))


async def asked(path: str, session: str = "", origin: str | None = HERE) -> tuple[int, str]:
    """What becomes of the socket: OPEN or the code it is closed with, or the handshake's status; and all it says."""
    headers = [(b"host", b"127.0.0.1:8000")]
    headers += [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode())] if session else []
    headers += [(b"origin", origin.encode())] if origin is not None else []
    browser = WebsocketCommunicator(routing.sockets, path, headers=headers)
    browser.scope["extensions"] = {"websocket.http.response": {}}
    await browser.send_input({"type": "websocket.connect"})
    said = ""
    try:
        event: dict[str, Any] = await browser.receive_output(15)
        if event["type"] == "websocket.http.response.start":
            return int(event["status"]), said
        assert event["type"] == "websocket.accept"
        while not await browser.receive_nothing(QUIET_SECONDS, 0.02):
            event = await browser.receive_output(15)
            if event["type"] == "websocket.close":
                return int(event["code"]), said
            said += event.get("text") or ""
        return OPEN, said
    finally:
        await browser.send_input({"type": "websocket.disconnect", "code": 1001})
        await browser.wait(15)


@pytest.fixture
async def sessions(bob: User, vera: User, charlie: User, alice: User, ours: Ids) -> list[str]:
    """An operator's, a viewer's, a stranger's, and that of somebody who was removed."""
    found = [await sign_in(user) for user in (bob, vera, charlie, alice)]
    await unit(Membership.objects.filter(user=alice).delete)()
    return found


@pytest.mark.parametrize("route", SOCKETS)
async def test_each_gets_what_the_matrix_says(route: str, sessions: list[str], ours: Ids) -> None:
    found = [await asked(place(route, ours), session) for session in sessions]
    assert tuple(code for code, _ in found) == SOCKETS[route]
    assert not [said for _, said in found[2:] if "checkout-1" in said or "Ours" in said]


@pytest.mark.parametrize("route", SOCKETS)
async def test_nobody_is_told_to_sign_in(route: str, ours: Ids) -> None:
    assert (await asked(place(route, ours)))[0] == Close.SIGN_IN
    assert (await asked(place(route, ours), "no-such-session"))[0] == Close.SIGN_IN


@pytest.mark.parametrize("route", [route for route in SOCKETS if "<" in route])
async def test_what_is_not_there_and_what_is_not_ones_own_look_alike(
    route: str, sessions: list[str], ours: Ids
) -> None:
    nothing = await asked(place(route, {"task": "no-such-id", "computer": "no-such-id"}), sessions[0])
    assert nothing == await asked(place(route, ours), sessions[2])


@pytest.mark.parametrize("route", SOCKETS)
async def test_no_page_but_ours_opens_one(route: str, bob: User, ours: Ids) -> None:
    session = await sign_in(bob)
    for origin in ELSEWHERE:
        assert await asked(place(route, ours), session, origin) == (403, ""), origin
