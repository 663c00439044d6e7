"""Why a socket was closed: pages act on these numbers, and people read the reasons."""

from __future__ import annotations

import pytest

from dashboard.sockets import REASONS, Close


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (Close.SIGN_IN, 4001),
        (Close.NOT_ALLOWED, 4003),
        (Close.NOT_FOUND, 4004),
        (Close.SECOND_FACTOR, 4005),
        (Close.FLOOD, 4008),
        (Close.REPLACED, 4009),
        (Close.GONE, 4010),
        (Close.AGAIN, 4012),
        (Close.BROKEN, 4500),
    ],
)
def test_the_numbers_stay_what_pages_know(code: Close, number: int) -> None:
    assert int(code) == number


@pytest.mark.parametrize("code", list(Close))
def test_every_code_has_a_sentence_that_fits_a_close_frame(code: Close) -> None:
    assert REASONS[code].endswith(".") and len(REASONS[code].encode()) <= 123
