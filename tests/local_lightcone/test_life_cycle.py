from collections.abc import Callable
from datetime import datetime

import httpx
import pytest
from tzafon import Lightcone, NotFoundError

from tests.support.processes import LASTING_SECONDS


@pytest.mark.must("statuses")
@pytest.mark.must("casing")
def test_it_lists_a_bare_array_of_running_computers(http: httpx.Client, shared: str) -> None:
    listed = http.get("/computers").json()
    assert isinstance(listed, list)
    assert {entry["status"] for entry in listed} == {"RUNNING"}
    assert shared in {entry["id"] for entry in listed}


@pytest.mark.sdk("GET /computers", "computers.list")
def test_a_live_computer_is_not_among_the_saved_ones(sdk: Lightcone, shared: str) -> None:
    assert shared not in {entry.id for entry in sdk.computers.list(type="persistent")}
    assert shared in {entry.id for entry in sdk.computers.list(type="live")}


@pytest.mark.sdk("GET /computers/{id}", "computers.retrieve")
def test_it_tells_a_computer_and_its_times(sdk: Lightcone, shared: str) -> None:
    computer = sdk.computers.retrieve(shared)
    assert (computer.id, computer.status, computer.kind) == (shared, "RUNNING", "browser")
    assert computer.created_at and computer.expires_at and computer.created_at < computer.expires_at


def test_its_status_has_neither_kind_nor_endpoints(http: httpx.Client, shared: str) -> None:
    status = http.get(f"/computers/{shared}/status").json()
    assert status["status"] == "RUNNING"
    assert not {"kind", "endpoints"} & set(status)


@pytest.mark.sdk("GET /computers/{id}/status", "computers.retrieve_status")
def test_its_status_tells_both_deadlines(sdk: Lightcone, shared: str) -> None:
    status = sdk.computers.retrieve_status(shared)
    assert (status.id, status.status) == (shared, "RUNNING")
    assert status.inactivity_timeout_seconds == status.max_lifetime_seconds == LASTING_SECONDS
    # Each deadline has a beginning of its own: neither need be before the other.
    assert _seconds_between(status.last_activity_at, status.idle_expires_at) == LASTING_SECONDS
    assert _seconds_between(status.created_at, status.expires_at) == LASTING_SECONDS


def _seconds_between(begin: str | None, end: str | None) -> float:
    assert begin and end
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


@pytest.mark.sdk("POST /computers/{id}/keepalive", "computers.keepalive")
def test_keepalive_takes_an_empty_body(sdk: Lightcone, shared: str) -> None:
    assert isinstance(sdk.computers.keepalive(shared), dict)


@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
@pytest.mark.must("statuses")
@pytest.mark.must("refusals")
def test_a_terminated_computer_is_not_found_by_anything(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    gone = fresh()
    sdk.computers.delete(gone)
    with pytest.raises(NotFoundError) as error:
        sdk.computers.delete(gone)
    assert error.value.body == {"status": 404, "title": "Session not found", "type": ""}
    for call in (
        sdk.computers.retrieve,
        sdk.computers.retrieve_status,
        sdk.computers.keepalive,
        sdk.computers.screenshot,
        sdk.computers.retrieve_screencast,
    ):
        with pytest.raises(NotFoundError):
            call(gone)
