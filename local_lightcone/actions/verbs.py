"""Everything that can be done to a computer: one table for the routes, for execute and for batch."""

from collections.abc import Awaitable, Callable
from typing import Any

from . import keyboard, pointer, tabs
from .command import debug
from .navigate import navigate
from .picture import html, screenshot
from .proxy import change_proxy
from .stage import Stage
from .viewport import viewport
from .wait import wait

Verb = Callable[[Stage, dict[str, Any]], Awaitable[dict[str, Any]]]

VERBS: dict[str, Verb] = {
    "navigate": navigate,
    "screenshot": screenshot,
    "html": html,
    "viewport": viewport,
    "click": pointer.click,
    "double-click": pointer.double_click,
    "right-click": pointer.right_click,
    "mouse-down": pointer.mouse_down,
    "mouse-up": pointer.mouse_up,
    "drag": pointer.drag,
    "scroll": pointer.scroll,
    "type": keyboard.type_text,
    "hotkey": keyboard.hotkey,
    "key-down": keyboard.key_down,
    "key-up": keyboard.key_up,
    "change-proxy": change_proxy,
    "debug": debug,
}
"""By the last part of the verb's own route, `POST /computers/{id}/<name>`."""

INNER: dict[str, Verb] = {
    "wait": wait,
    "list-tabs": tabs.list_tabs,
    "new-tab": tabs.new_tab,
    "switch-tab": tabs.switch_tab,
    "close-tab": tabs.close_tab,
    "move": pointer.move,
    "triple-click": pointer.triple_click,
}
"""What only execute, batch and agents call by a name. The last two are models' actions (contract §3.7)."""

OTHER_NAMES = {
    "keypress": "hotkey",
    "go-to-url": "navigate",
    "get-html-content": "html",
    "set-viewport": "viewport",
}
"""Actions whose type (contract §2.5) is not the name of their route."""


def name_of(kind: str) -> str | None:
    """The verb of an action's type: `double_click` is `double-click`, `keypress` is `hotkey`."""
    name = kind.replace("_", "-")
    name = OTHER_NAMES.get(name, name)
    return name if name in VERBS or name in INNER else None


def type_of(name: str) -> str:
    """The other way round, as the contract writes it."""
    return next((kind for kind, other in OTHER_NAMES.items() if other == name), name).replace("-", "_")


def verb(name: str) -> Verb:
    return VERBS.get(name) or INNER[name]
