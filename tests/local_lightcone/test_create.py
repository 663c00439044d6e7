import httpx
import pytest
from tzafon import Lightcone


def test_it_answers_201_with_a_ready_computer(http: httpx.Client) -> None:
    answer = http.post("/computers", json={})
    body = answer.json()
    http.delete(f"/computers/{body['id']}")
    assert answer.status_code == 201
    assert body["id"].startswith("comp_")
    assert (body["kind"], body["status"]) == ("browser", "ready")
    assert body["endpoints"] == {"cdp": f"/computers/{body['id']}/cdp"}
    assert (body["inactivity_timeout_seconds"], body["max_lifetime_seconds"]) == (120, 3600)


@pytest.mark.sdk("POST /computers", "computers.create")
@pytest.mark.must("deprecated")
def test_it_honours_the_deprecated_names_in_both_directions(sdk: Lightcone) -> None:
    computer = sdk.computers.create(auto_kill=False, timeout_seconds=77)
    assert computer.id
    sdk.computers.delete(computer.id)
    assert (computer.auto_kill, computer.idle_timeout_enabled) == (False, False)
    assert computer.max_lifetime_seconds == 77
    assert computer.idle_expires_at is None


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"kind": "toaster"}, "kind"),
        ({"kind": "desktop"}, "Desktop computers come later"),
        ({"display": {"width": 0, "height": 600}}, "display.width"),
        ({"display": {"width": 800, "height": 100_000}}, "display.height"),
        ({"display": {"width": "800"}}, "display.width"),
        ({"display": {"scale": 9}}, "display.scale"),
        ({"display": []}, "display"),
        ({"max_lifetime_seconds": -1}, "max_lifetime_seconds"),
        ({"inactivity_timeout_seconds": "soon"}, "inactivity_timeout_seconds"),
        ({"idle_timeout_enabled": "yes"}, "idle_timeout_enabled"),
    ],
)
@pytest.mark.must("kinds")
def test_it_refuses_what_it_cannot_make_and_says_why(http: httpx.Client, body: object, word: str) -> None:
    answer = http.post("/computers", json=body)
    assert answer.status_code == 400
    assert word in answer.json()["detail"]
    assert answer.json()["status"] == 400


@pytest.mark.parametrize("body", [b"{", b"[]", b"3", b"\xff"])
def test_it_refuses_a_body_that_is_no_object(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/computers", content=body)
    assert answer.status_code == 400


def test_it_refuses_a_body_without_end(http: httpx.Client) -> None:
    assert http.post("/computers", content=b" " * 2_000_000).status_code == 413
