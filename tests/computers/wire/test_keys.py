"""Keys in Chromium's numbers."""

import pytest

from computers.wire.keys import location, virtual_key


@pytest.mark.parametrize(
    ("key", "code", "number"),
    [
        ("a", "KeyA", 65),
        ("A", "KeyA", 65),
        ("q", "KeyA", 81),  # a French keyboard: letters follow the layout
        ("ф", "KeyA", 65),  # a Russian one types no Latin letter: the place decides
        ("ą", "KeyA", 65),
        ("1", "Digit1", 49),
        ("!", "Digit1", 49),
        ("&", "Digit1", 49),
        ("Enter", "Enter", 13),
        ("Enter", "NumpadEnter", 13),
        (" ", "Space", 32),
        ("Tab", "Tab", 9),
        ("Escape", "Escape", 27),
        ("ArrowLeft", "ArrowLeft", 37),
        ("Shift", "ShiftRight", 16),
        ("Control", "ControlLeft", 17),
        ("Alt", "AltLeft", 18),
        ("AltGraph", "AltRight", 18),
        ("Meta", "MetaRight", 92),
        ("F1", "F1", 112),
        ("F12", "F12", 123),
        ("F24", "F24", 135),
        ("7", "Numpad7", 103),
        ("Home", "Numpad7", 103),
        (".", "Period", 190),
        ("ö", "Semicolon", 186),
        ("Delete", "", 46),
        ("Unidentified", "", 0),
        ("Dead", "", 0),
        ("", "", 0),
    ],
)
def test_the_virtual_key(key: str, code: str, number: int) -> None:
    assert virtual_key(key, code) == number


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ShiftLeft", 1),
        ("ControlLeft", 1),
        ("MetaLeft", 1),
        ("ShiftRight", 2),
        ("AltRight", 2),
        ("Numpad1", 3),
        ("NumpadEnter", 3),
        ("KeyA", 0),
        ("ArrowLeft", 0),
        ("ArrowRight", 0),
        ("BracketLeft", 0),
        ("", 0),
    ],
)
def test_the_location(code: str, expected: int) -> None:
    assert location(code) == expected
