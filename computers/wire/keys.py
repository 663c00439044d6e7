"""Keys: from the DOM's `key` and `code` to the numbers Chromium's Input domain wants.

Source: the Windows virtual-key codes, which `Input.dispatchKeyEvent` takes on every platform as
`windowsVirtualKeyCode`.
"""

from __future__ import annotations

#: Bits of the `modifiers` mask, as CDP and the screen socket count them.
ALT, CTRL, META, SHIFT = 1, 2, 4, 8
MODIFIER_BITS = {"Alt": ALT, "AltGraph": 0, "Control": CTRL, "Meta": META, "Shift": SHIFT}

_NAMED = {
    "Backspace": 8, "Tab": 9, "Enter": 13, "NumpadEnter": 13, "Shift": 16, "ShiftLeft": 16, "ShiftRight": 16,
    "Control": 17, "ControlLeft": 17, "ControlRight": 17, "Alt": 18, "AltLeft": 18, "AltRight": 18, "AltGraph": 18,
    "Pause": 19, "CapsLock": 20, "Escape": 27, "Convert": 28, "NonConvert": 29, "Space": 32, " ": 32, "PageUp": 33,
    "PageDown": 34, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
    "PrintScreen": 44, "Insert": 45, "Delete": 46, "Meta": 91, "MetaLeft": 91, "MetaRight": 92, "ContextMenu": 93,
    "NumpadMultiply": 106, "NumpadAdd": 107, "NumpadSubtract": 109, "NumpadDecimal": 110, "NumpadDivide": 111,
    "NumLock": 144, "ScrollLock": 145, "Semicolon": 186, "Equal": 187, "Comma": 188, "Minus": 189, "Period": 190,
    "Slash": 191, "Backquote": 192, "BracketLeft": 219, "Backslash": 220, "BracketRight": 221, "Quote": 222,
    "IntlBackslash": 226,
}  # fmt: skip
_NAMED |= {f"F{number}": 111 + number for number in range(1, 25)}
_NAMED |= {f"Numpad{digit}": 96 + digit for digit in range(10)}
_NAMED |= {f"Digit{digit}": 48 + digit for digit in range(10)}


def virtual_key(key: str, code: str) -> int:
    """The virtual-key code, 0 when there is none. Letters follow the layout (`key`), everything else the place
    (`code`)."""
    if len(key) == 1 and key.isascii() and key.isalpha():
        return ord(key.upper())
    if code.startswith("Key") and len(code) == 4:
        return ord(code[3])
    return _NAMED.get(code) or _NAMED.get(key, 0)


def location(code: str) -> int:
    """The DOM's key location: 1 left, 2 right, 3 numeric keypad, 0 anywhere else."""
    if code.startswith("Numpad"):
        return 3
    if code.endswith("Left") and code[:-4] in MODIFIER_BITS:
        return 1
    return 2 if code.endswith("Right") and code[:-5] in MODIFIER_BITS else 0
