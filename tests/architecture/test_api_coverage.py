"""Nothing that the API can do to a browser computer is left without its call, its control and its test."""

from __future__ import annotations

import pytest
from tzafon import Lightcone

from tests.architecture.api_index import AGENTS, BROWSER, DOCUMENT, MODELS, Covered, covered, document, marks


def test_the_index_is_whole() -> None:
    assert sorted([*BROWSER, *AGENTS, *MODELS]) == list(range(1, 48))


@pytest.mark.parametrize("endpoint", {**BROWSER, **AGENTS, **MODELS}.values())
def test_an_endpoint_has_its_call_its_control_and_its_test(endpoint: str) -> None:
    entry = covered().get(endpoint, Covered())
    assert entry.calls, "no test runs the SDK's call"
    assert entry.controls and entry.tests, "no test presses a control in a real browser"


def test_marks_name_endpoints_of_the_index() -> None:
    assert {mark.endpoint for mark in marks()} <= {*BROWSER.values(), *AGENTS.values(), *MODELS.values()}


def test_the_calls_are_methods_of_the_sdk() -> None:
    with Lightcone(api_key="sk_test", base_url="http://127.0.0.1:9") as sdk:
        for mark in marks():
            if mark.name == "sdk":
                method: object = sdk
                for part in mark.what.split("."):
                    method = getattr(method, part)
                assert callable(method)


def test_the_table_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m tests.architecture.api_index"
