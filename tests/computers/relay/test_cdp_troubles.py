"""Whatever upstream answers instead of DevTools: a sentence for people, no traceback, and another try."""

from __future__ import annotations

import pytest

from computers.relay.states import State
from tests.computers.conftest import soon
from tests.computers.relay.conftest import Site
from tests.support.fake_upstream import ID, Script, answer, raw, silence

VERSION = f"/computers/{ID}/cdp/json/version"
DEEP = b"[" * 500 + b"]" * 500
HALF = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
HTML = "<html><h1>Bad gateway</h1></html>"

KEY = "The Lightcone service does not accept this connection's key."
NOT_JSON = "The Lightcone service answered something that is not JSON."
NO_SOCKET = "The Lightcone service offers no DevTools socket for this computer."
NO_ANSWER = "The Lightcone service did not answer in time, or broke off."
NO_WAY = "The computer's DevTools socket cannot be reached."

ODD_VERSIONS = [
    (answer(401, {"error": "bad key"}), KEY),
    (answer(403, {"error": "bad key"}), KEY),
    (answer(402, {"error": "pay"}), "The Lightcone account is out of credit."),
    (answer(429, {"error": "slow down"}), "The Lightcone service is asked too much right now."),
    (answer(500, {"error": "oops"}), "The Lightcone service had a failure of its own (500)."),
    (answer(502, HTML, "text/html"), "The Lightcone service had a failure of its own (502)."),
    (answer(302, ""), "The Lightcone service"),
    (answer(200, HTML, "text/html"), NOT_JSON),
    (answer(200, b"\xff\xfe garbage"), NOT_JSON),
    (answer(200, []), "The Lightcone service answered something unexpected"),
    (answer(200, b""), "The Lightcone service answered something unexpected"),
    (answer(200, {}), NO_SOCKET),
    *((answer(200, {"webSocketDebuggerUrl": odd}), NO_SOCKET) for odd in (None, 5, "", "http://x/", "ws://", "ws://[::1")),
    (answer(200, {"webSocketDebuggerUrl": "ws://127.0.0.1:99999999/"}), NO_SOCKET),
    (raw(b""), NO_ANSWER),
    (raw(b"nonsense\r\n\r\n"), NO_ANSWER),
    (raw(HALF), NO_ANSWER),
]  # fmt: skip

ODD_SOCKETS = [
    (answer(401, ""), KEY),
    (answer(429, ""), "The Lightcone service is asked too much right now."),
    (answer(503, HTML, "text/html"), "The Lightcone service had a failure of its own (503)."),
    (answer(200, HTML, "text/html"), ""),
    (raw(b""), NO_WAY),
    (raw(b"nonsense\r\n\r\n"), NO_WAY),
    (raw(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), NO_WAY),
]


async def assert_it_says(cdp: Site, sentence: str, caplog: pytest.LogCaptureFixture) -> None:
    watcher = cdp.watch()
    await soon(lambda: any(reason.startswith(sentence) and reason for _, reason in watcher.states))
    state, reason = watcher.states[-1]
    assert state == State.RECONNECTING and "sk_secret" not in reason and "<" not in reason
    assert not [record for record in caplog.records if record.exc_info], "a traceback was logged"
    assert "sk_secret" not in caplog.text


@pytest.mark.parametrize(("script", "sentence"), ODD_VERSIONS)
async def test_an_odd_version_page_is_a_sentence(
    cdp: Site, script: Script, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    cdp.service.scripts[VERSION] = script
    await assert_it_says(cdp, sentence, caplog)


@pytest.mark.parametrize(("script", "sentence"), ODD_SOCKETS)
async def test_an_odd_socket_is_a_sentence(
    cdp: Site, script: Script, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    cdp.service.scripts["/devtools"] = script
    await assert_it_says(cdp, sentence, caplog)


async def test_no_answer_at_all_is_a_sentence(
    cdp: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cdp.link.client.http.timeout = 0.1
    monkeypatch.setattr("computers.upstream.client.CONNECT_TIMEOUT", 0.1)
    monkeypatch.setattr("computers.upstream.cdp.CONNECT_TIMEOUT", 0.2)
    cdp.service.scripts["/devtools"] = silence
    await assert_it_says(cdp, NO_WAY, caplog)


async def test_after_any_trouble_it_connects_by_itself(cdp: Site) -> None:
    good = cdp.service.scripts[VERSION]
    cdp.service.scripts[VERSION] = answer(503, HTML, "text/html")
    watcher = cdp.watch()
    await soon(lambda: watcher.state == "reconnecting")
    cdp.service.scripts[VERSION] = good
    await soon(lambda: watcher.state == "live")
    assert watcher.states[-1] == ("live", "")


@pytest.mark.parametrize(
    "odd",
    [b"{", b"null", b"[]", b"5", b'"text"', b"\xff\xfe", b"{}", b'{"id": "x"}', b'{"id": []}', b'{"id": 999999}']
    + [b'{"method": null}', b'{"method": 5, "params": []}', b'{"method": "Target.targetCreated", "params": []}']
    + [b'{"method": "Target.targetCreated", "params": {"targetInfo": 5}}']
    + [b'{"method": "Target.targetCreated", "params": {"targetInfo": {"type": "page"}}}']
    + [b'{"method": "Target.targetDestroyed", "params": null}', b'{"method": "Page.screencastFrame", "params": 1}']
    + [b'{"method": "Page.screencastFrame", "params": {}, "sessionId": 5}']
    + [b'{"method": "Input.dragIntercepted", "params": {"data": 5}, "sessionId": "SESSION"}']
    + [b'{"method": "Page.screencastFrame", "params": {"sessionId": %s}, "sessionId": "SESSION"}' % DEEP]
    + [b'{"method": "Page.screencastVisibilityChanged", "params": [], "sessionId": "SESSION"}'],
)  # fmt: skip
async def test_an_odd_message_spoils_nothing(cdp: Site, odd: bytes, caplog: pytest.LogCaptureFixture) -> None:
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.payloads)
    browser.say(odd.replace(b"SESSION", next(iter(browser.sessions)).encode()))
    browser.show(b"next")
    await soon(lambda: len(watcher.payloads) == 2)
    assert browser.connections == 1
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("number", ["9" * 30, 1e300, -1])
async def test_a_frame_whose_number_could_not_be_sent_back_is_none(
    cdp: Site, number: object, caplog: pytest.LogCaptureFixture
) -> None:
    watcher, browser = cdp.watch(), cdp.service.browser
    await soon(lambda: watcher.payloads)
    browser.show(b"odd", sessionId=number)
    browser.show(b"next")
    await soon(lambda: len(watcher.payloads) == 2)
    assert b"next" in watcher.payloads[-1] and browser.connections == 1
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize(
    "odd", [{"error": "text"}, {"error": None}, {"error": {}}, {"result": []}, {"result": None}, {}]
)
async def test_an_odd_answer_is_a_refusal_or_nothing(
    cdp: Site, odd: object, caplog: pytest.LogCaptureFixture
) -> None:
    browser = cdp.service.browser
    answer_as_usual = browser._answer

    def once(message: dict[str, object], **outcome: object) -> None:
        if message["method"] == "Page.enable":
            outcome = odd  # type: ignore[assignment]
        answer_as_usual(message, **outcome)

    browser._answer = once  # type: ignore[method-assign]
    watcher = cdp.watch()
    await soon(lambda: watcher.payloads)
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_computer_that_is_gone_has_ended(cdp: Site) -> None:
    watcher = cdp.watch()
    await soon(lambda: watcher.state == "live")
    cdp.service.ends()
    cdp.service.browser.hang_up()
    await soon(lambda: watcher.state == "ended")
    assert watcher.states[-1] == ("ended", "This computer has ended.")
    assert cdp.link.gone and cdp.over == [cdp.link]


async def test_a_computer_without_devtools_is_left_to_another_carrier(cdp: Site) -> None:
    watcher = cdp.watch()
    del cdp.service.scripts[VERSION]
    await soon(lambda: cdp.over == [cdp.link])
    assert cdp.link.refused and not cdp.link.gone and watcher.state != "ended"
