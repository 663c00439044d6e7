import pytest
from tzafon import Lightcone

from tests.support.processes import free_port


@pytest.mark.sdk("POST /computers/{id}/navigate", "computers.navigate")
def test_it_arrives_before_it_answers(sdk: Lightcone, computer: str, site: str) -> None:
    answer = sdk.computers.navigate(computer, url=f"{site}/pad")
    assert answer.status == "SUCCESS"
    assert answer.executed_tab_id and answer.request_id and answer.timestamp
    assert 'id="pad"' in str((sdk.computers.html(computer).result or {})["html_content"])


def test_a_fragment_and_an_error_page_of_the_site_are_arrivals_too(
    sdk: Lightcone, computer: str, site: str
) -> None:
    assert sdk.computers.navigate(computer, url=f"{site}/#part").status == "SUCCESS"
    assert sdk.computers.navigate(computer, url=f"{site}/missing").status == "SUCCESS"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://nowhere.invalid/", "net::ERR_NAME_NOT_RESOLVED"),
        ("https://nowhere.invalid/", "net::ERR_NAME_NOT_RESOLVED"),
        ("http://127.0.0.1:{port}/", "net::ERR_CONNECTION_REFUSED"),
        ("https://127.0.0.1:{port}/", "net::ERR_CONNECTION_REFUSED"),
    ],
)
def test_an_unreachable_host_is_a_failed_action(sdk: Lightcone, computer: str, url: str, reason: str) -> None:
    answer = sdk.computers.navigate(computer, url=url.format(port=free_port()))
    assert (answer.status, answer.error_message) == ("EXECUTION_ERROR", reason)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        " file:///etc/passwd",
        "view-source:file:///etc/passwd",
        "chrome://version",
        "devtools://devtools/bundled/inspector.html",
        "javascript:document.title",
        "about:version",
        "example.com",
        "",
    ],
)
def test_addresses_of_the_inside_are_refused(sdk: Lightcone, computer: str, url: str) -> None:
    answer = sdk.computers.navigate(computer, url=url)
    assert answer.status == "EXECUTION_ERROR"
    assert "cannot be opened here" in str(answer.error_message)


def test_an_unknown_tab_is_a_failed_action(sdk: Lightcone, computer: str, site: str) -> None:
    answer = sdk.computers.navigate(computer, url=site, tab_id="F" * 32)
    assert (answer.status, answer.error_message) == ("EXECUTION_ERROR", "Tab not found")
