"""Key names of the contract's §1.6 (case does not matter) as DevTools wants them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    key: str
    code: str
    number: int
    """The Windows virtual key code, which pages read as `keyCode`."""

    text: str = ""


MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}

_NAMED = {
    "shift": Key("Shift", "ShiftLeft", 16),
    "ctrl": Key("Control", "ControlLeft", 17),
    "alt": Key("Alt", "AltLeft", 18),
    "meta": Key("Meta", "MetaLeft", 91),
    "enter": Key("Enter", "Enter", 13, "\r"),
    "escape": Key("Escape", "Escape", 27),
    "tab": Key("Tab", "Tab", 9),
    "backspace": Key("Backspace", "Backspace", 8),
    "delete": Key("Delete", "Delete", 46),
    "insert": Key("Insert", "Insert", 45),
    "space": Key(" ", "Space", 32, " "),
    "arrowleft": Key("ArrowLeft", "ArrowLeft", 37),
    "arrowup": Key("ArrowUp", "ArrowUp", 38),
    "arrowright": Key("ArrowRight", "ArrowRight", 39),
    "arrowdown": Key("ArrowDown", "ArrowDown", 40),
    "home": Key("Home", "Home", 36),
    "end": Key("End", "End", 35),
    "pageup": Key("PageUp", "PageUp", 33),
    "pagedown": Key("PageDown", "PageDown", 34),
    **{f"f{n}": Key(f"F{n}", f"F{n}", 111 + n) for n in range(1, 25)},
}
_ALIASES = {
    "control": "ctrl",
    "return": "enter",
    "esc": "escape",
    "del": "delete",
    "cmd": "meta",
    "command": "meta",
    "super": "meta",
    "win": "meta",
    "option": "alt",
    "left": "arrowleft",
    "up": "arrowup",
    "right": "arrowright",
    "down": "arrowdown",
}
_PLAIN = {  # the symbols of a US keyboard: code, virtual key, unshifted, shifted
    "Backquote": (192, "`~"),
    "Minus": (189, "-_"),
    "Equal": (187, "=+"),
    "BracketLeft": (219, "[{"),
    "BracketRight": (221, "]}"),
    "Backslash": (220, "\\|"),
    "Semicolon": (186, ";:"),
    "Quote": (222, "'\""),
    "Comma": (188, ",<"),
    "Period": (190, ".>"),
    "Slash": (191, "/?"),
    **{f"Digit{digit}": (48 + digit, f"{digit}{')!@#$%^&*('[digit]}") for digit in range(10)},
}
_SYMBOLS = {
    symbol: Key(symbol, code, number, symbol) for code, (number, both) in _PLAIN.items() for symbol in both
}


def find_key(name: str) -> Key | None:
    """The key of this name, or that types this one character; None if there is none."""
    lowered = name.lower()
    if key := _NAMED.get(_ALIASES.get(lowered, lowered)):
        return key
    if name == " ":
        return _NAMED["space"]
    if len(name) == 1 and name.isascii() and name.isalpha():
        return Key(name, f"Key{name.upper()}", ord(name.upper()), name)
    return _SYMBOLS.get(name) or (Key(name, "", 0, name) if len(name) == 1 and name.isprintable() else None)
