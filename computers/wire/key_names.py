"""What a keyboard's keys are called. Whatever else somebody calls a key may be text."""

from __future__ import annotations

#: With one of them a character is a command, without it is part of a text.
COMMANDING = frozenset({"ctrl", "control", "alt", "option", "meta", "cmd", "command", "super", "win"})
#: Every name of a key that is shown (contract §1.6), lower case.
KEY_NAMES = COMMANDING | {
    *(
        "shift",
        "altgr",
        "altgraph",
        "enter",
        "return",
        "escape",
        "esc",
        "tab",
        "backspace",
        "delete",
        "del",
        "insert",
    ),
    *("space", "home", "end", "pageup", "pagedown", "page_up", "page_down", "left", "right", "up", "down"),
    *("arrowleft", "arrowright", "arrowup", "arrowdown", "capslock", "numlock", "scrolllock", "pause"),
    *("printscreen", "contextmenu", "menu"),
    *(f"f{number}" for number in range(1, 25)),
}
