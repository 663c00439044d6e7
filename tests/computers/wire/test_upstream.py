"""Reading what upstream answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computers.wire.upstream import SENTENCE_LIMIT, ActionResult, ComputerFacts, error_sentence, read_list

WHOLE = {
    "id": "comp_288260313177191951",
    "kind": "browser",
    "status": "RUNNING",
    "created_at": "2026-05-24T12:52:45Z",
    "expires_at": "2026-05-24T13:52:45+00:00",
    "idle_expires_at": "2026-05-24T12:54:45",
    "endpoints": {"cdp": "/computers/comp_288260313177191951/cdp"},
    "something_new": [1, 2, 3],
}
#: Anything that JSON can say.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.fixed_dictionaries(
    {"id": st.just("comp_1")}, optional={key: JSON for key in WHOLE if key != "id"}
)


def test_a_whole_answer_is_read_whole() -> None:
    facts = ComputerFacts.read(WHOLE)
    assert (facts.kind, facts.status, facts.cdp_path) == ("browser", "RUNNING", WHOLE["endpoints"]["cdp"])  # type: ignore[index]
    assert facts.created_at == datetime(2026, 5, 24, 12, 52, 45, tzinfo=UTC)
    assert facts.expires_at == datetime(2026, 5, 24, 13, 52, 45, tzinfo=UTC)
    assert facts.idle_expires_at == datetime(2026, 5, 24, 12, 54, 45, tzinfo=UTC)


def test_only_the_id_is_needed() -> None:
    facts = ComputerFacts.read({"id": "comp_1"})
    assert facts == ComputerFacts("comp_1", "", "", None, None, None, "")


@pytest.mark.parametrize("switch", ["idle_timeout_enabled", "auto_kill"])
def test_an_idle_limit_that_is_switched_off_is_none(switch: str) -> None:
    assert ComputerFacts.read({**WHOLE, switch: False}).idle_expires_at is None


@pytest.mark.parametrize("data", [None, [], "x", {}, {"id": ""}, {"id": 7}, {"id": None}])
def test_nothing_can_be_done_without_an_id(data: Any) -> None:
    with pytest.raises(ValueError, match="without an id"):
        ComputerFacts.read(data)


@given(FIELDS)
def test_no_field_however_odd_breaks_the_reading(data: dict[str, Any]) -> None:
    facts = ComputerFacts.read(data)
    assert facts.id == "comp_1"
    assert all(moment is None or moment.tzinfo for moment in (facts.created_at, facts.expires_at))


@pytest.mark.parametrize("data", [None, [], {"data": []}, {"data": None}, {}])
def test_an_empty_list_has_many_forms(data: Any) -> None:
    assert read_list(data) == []


@pytest.mark.parametrize("data", ["x", 7, {"data": "x"}, {"data": {"id": "comp_1"}}, True])
def test_what_is_no_list_is_no_list(data: Any) -> None:
    with pytest.raises(ValueError, match="Not a list"):
        read_list(data)


@pytest.mark.parametrize("status", ["SUCCESS", "success", "ok", "", None])
def test_success_has_many_words(status: Any) -> None:
    assert ActionResult.read({"status": status}).ok


@pytest.mark.parametrize(
    "data", [{"status": "EXECUTION_ERROR"}, {"status": "SUCCESS", "error_message": "net::ERR_X"}]
)
def test_an_error_is_an_error_whatever_http_said(data: Any) -> None:
    assert not ActionResult.read(data).ok


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"error": "model not found"}, "model not found"),
        ({"error": {"message": "too\nmany"}}, "too many"),
        ({"error": {"code": 7}}, "The service says that it failed, and not why."),
        ({"error_message": ["no"], "status": "SUCCESS"}, "The service says that it failed, and not why."),
        ({"status": 404, "title": "Session not found", "type": ""}, "Session not found"),
        ({"status": 500}, "The service says 500."),
    ],
)
def test_an_error_inside_a_success_has_many_shapes(data: Any, sentence: str) -> None:
    read = ActionResult.read(data)
    assert (read.ok, read.error) == (False, sentence)


@pytest.mark.parametrize(
    "data", [None, {}, {"status": 200}, {"status": True}, {"error": None, "error_message": ""}]
)
def test_no_word_of_failure_is_a_success(data: Any) -> None:
    assert ActionResult.read(data).ok


@pytest.mark.parametrize("status", [False, 7, 1.5, [], {"a": 1}, "PARTIAL", "x" * 10_000])
def test_an_odd_status_is_no_success_and_short(status: Any) -> None:
    read = ActionResult.read({"status": status})
    assert not read.ok and 0 < len(read.status) <= 128


@pytest.mark.parametrize("data", [[], [{}], "SUCCESS", 7, True])
def test_an_answer_that_is_no_object_says_nothing_about_an_action(data: Any) -> None:
    with pytest.raises(ValueError, match="object"):
        ActionResult.read(data)


@given(st.dictionaries(st.sampled_from(["status", "error", "error_message", "title", "result"]), JSON))
def test_no_action_answer_breaks_the_reading(data: Any) -> None:
    assert isinstance(ActionResult.read(data).result, dict)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_database_can_follow_is_none(moment: str) -> None:
    assert ComputerFacts.read({"id": "comp_1", "expires_at": moment}).expires_at is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"title": "Session not found", "status": 404, "type": ""}', "Session not found"),
        (b'{"title": "Service unavailable", "detail": "Try later."}', "Service unavailable: Try later."),
        (b'{"error": "model not found"}', "model not found"),
        (b'{"error": {"message": "too many tokens"}}', "too many tokens"),
        (b'{"status": "error", "error_message": "Session not found"}', "Session not found"),
        (b'{"message": "no"}', "no"),
        (b"404 page not found", "404 page not found"),
        (b"<html>x</html>", ""),
        (b"[1, 2]", ""),
        (b'{"title": "Session not fo', ""),
        (b'{"title": "two\\nlines\\u0000"}', "two lines"),
        (b"", ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_an_error_body_has_many_shapes(body: bytes, sentence: str) -> None:
    assert error_sentence(body, "application/json") == sentence


def test_a_proxys_page_is_no_sentence() -> None:
    assert error_sentence(b"Bad gateway", "text/html; charset=utf-8") == ""


def test_a_sentence_has_an_end() -> None:
    assert len(error_sentence(b'{"title": "' + b"x" * 10_000 + b'"}', "application/json")) == SENTENCE_LIMIT


@given(st.binary(max_size=200))
def test_no_body_breaks_the_reading(body: bytes) -> None:
    assert isinstance(error_sentence(body, "application/json"), str)
