"""No line of the contract's checklist about browser computers is without a test that runs the official SDK."""

from __future__ import annotations

import pytest

from tests.architecture.checklist import BROWSER, DOCUMENT, OTHER, document, holdings


@pytest.mark.parametrize("line", BROWSER)
def test_a_line_has_a_test_that_runs_the_sdk(line: str) -> None:
    assert any(holding.runs_the_sdk for holding in holdings().get(line, []))


def test_marks_name_lines_of_the_checklist() -> None:
    assert set(holdings()) <= {*BROWSER, *OTHER}


def test_the_list_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m tests.architecture.checklist"
