"""Which keys are held, as the lease's row keeps it."""

import json
import logging

import pytest
from cryptography.fernet import Fernet

from computers.noted import opened, sealed

HELD = {"buttons": {"left": [1.0, 2.0]}, "modifiers": {}, "keys": {"KeyW": "w"}, "tab": "T1"}


def test_which_keys_are_held_is_in_no_row_and_comes_back() -> None:
    row = sealed(HELD)
    assert "KeyW" not in json.dumps(row) and row["buttons"] == HELD["buttons"]
    assert opened(row) == HELD


def test_what_has_no_keys_lies_there_as_it_is() -> None:
    without = {"buttons": {}, "modifiers": {"ShiftLeft": "Shift"}}
    assert sealed(without) == opened(without) == without
    assert sealed({}) == opened({}) == {}


#: As another installation would have written it.
ANOTHERS = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()


@pytest.mark.parametrize("unreadable", [ANOTHERS, "no token", 7], ids=["another's", "no token", "no text"])
def test_keys_that_no_key_decrypts_are_left_out_aloud(
    unreadable: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert opened({**sealed(HELD), "keys": unreadable}) == {k: v for k, v in HELD.items() if k != "keys"}
    assert "may stay pressed" in caplog.text
