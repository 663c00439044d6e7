"""What may be noted of an action (contract §2.5): an allow-list. Everything else that it holds counts as secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from computers.actions.addresses import for_log
from computers.actions.discreet import HIDDEN, credentials_of, without
from computers.actions.steps import proxy_for_log
from computers.wire.key_names import COMMANDING, KEY_NAMES

#: What a value becomes, and which secrets were found in it.
Seen = tuple[Any, set[str]]
Rule = Callable[[Any], Seen]

#: How much of an unknown type's name, and of a command, is noted, characters.
KEPT_NAME = 20
KEPT_COMMAND = 200
#: What stands for keys that type.
CHARACTERS = "(characters)"

_ID = re.compile(r"[\w.:-]{1,128}")


def noted(action: dict[str, Any]) -> dict[str, Any]:
    """The action without anything that was typed, and without what nobody here knows."""
    return _seen(action)[0]


def secrets_of(*actions: dict[str, Any]) -> list[str]:
    """What must not be repeated of these actions, longest first."""
    found: set[str] = set()
    for action in actions:
        found |= _seen(action)[1]
    return sorted(filter(None, found), key=len, reverse=True)


def repeatable(action: dict[str, Any]) -> dict[str, Any] | None:
    """The action as a macro's step, without its text, which is asked for; None if it would do something else then."""
    if action["type"] in {"change_proxy", "debug"}:
        return None
    kept = {key: value for key, value in noted(action).items() if key != "text"}
    hides = (
        HIDDEN in value if isinstance(value, list) else value in {HIDDEN, CHARACTERS} for value in _told(kept)
    )
    return None if any(hides) else kept


def _told(kept: dict[str, Any]) -> list[Any]:
    return [value for value in kept.values() if isinstance(value, str) or (value and isinstance(value, list))]


def name_of(action: dict[str, Any]) -> str:
    """The word of its type, for people."""
    kind = str(action.get("type"))
    return kind if kind in _MEMBERS or len(kind) <= KEPT_NAME else f"{kind[:KEPT_NAME]}{HIDDEN}"


def is_character(name: str) -> bool:
    """Whether a key types something: "a" does, "shift" and "Enter" do not."""
    return len(name) == 1


def shown_key(name: str) -> str:
    """The key's name if it is one of a keyboard's keys."""
    return name if name.lower() in KEY_NAMES else HIDDEN


def shown_keys(names: list[str]) -> list[str] | None:
    """Keys that are pressed together, as they are shown; None when they type."""
    parts = [part for name in names for part in _parts(name)]
    commands = bool(COMMANDING & {part.lower() for part in parts})
    if not commands and any(map(is_character, parts)):
        return None
    return [part if is_character(part) else shown_key(part) for part in parts]


def key_secrets(names: list[str]) -> set[str]:
    """What of these keys' names may be text."""
    shown = shown_keys(names)
    if shown is None:
        return {*names, *(part for name in names for part in _parts(name) if part.lower() not in KEY_NAMES)}
    return {each for name in names for each in (name, *_parts(name)) if HIDDEN in (shown_keys([each]) or ())}


def _parts(name: str) -> list[str]:
    """Some send "ctrl+c" as one key."""
    return [part for part in re.split(r"\+(?!$)", name) if part] if len(name) > 1 else [name]


def _seen(action: dict[str, Any]) -> tuple[dict[str, Any], set[str]]:
    members = _MEMBERS.get(str(action.get("type")))
    rules = {**_COMMON, **members} if members is not None else {}
    kept, secrets = _walked({key: value for key, value in action.items() if key != "type"}, rules)
    return {"type": name_of(action), **kept}, secrets


def _walked(values: dict[str, Any], rules: dict[str, Rule]) -> tuple[dict[str, Any], set[str]]:
    kept: dict[str, Any] = {}
    secrets: set[str] = set()
    for key, value in values.items():
        if key not in rules:
            # Its name may be anything too.
            kept[HIDDEN] = HIDDEN
            secrets |= set(_strings(value))
        elif value is None:
            kept[key] = None
        else:
            kept[key], found = rules[key](value)
            secrets |= found
    # A command is noted, but not with what its environment keeps.
    commands: dict[str, Any] = {key: without(kept[key], secrets) for key in ("command", "cwd") if key in kept}
    return {**kept, **commands}, secrets


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (value, value.strip())
    elif isinstance(value, dict):
        for key, each in value.items():
            if key != "type" or each not in _MEMBERS:
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _hidden(value: Any) -> Seen:
    return HIDDEN, set(_strings(value))


def _plain(value: Any) -> Seen:
    return (value, set()) if isinstance(value, bool | int | float) else _hidden(value)


def _id(value: Any) -> Seen:
    return (value, set()) if isinstance(value, str) and _ID.fullmatch(value) else _hidden(value)


def _button(value: Any) -> Seen:
    return (value, set()) if value in ("left", "middle", "right") else _hidden(value)


def _path(value: Any) -> Seen:
    places = value if isinstance(value, list) else [value]
    sound = all(
        isinstance(place, dict) and place.keys() <= {"x", "y"} and not set(_strings(place))
        for place in places
    )
    return (value, set()) if sound and all(_flat(place) for place in places) else _hidden(value)


def _flat(place: dict[str, Any]) -> bool:
    return all(isinstance(each, bool | int | float) for each in place.values())


def _typed(value: Any) -> Seen:
    if not isinstance(value, str):
        return _hidden(value)
    return f"({len(value)} characters)", set(_strings(value))


def _keys(value: Any) -> Seen:
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) for name in names):
        return _hidden(value)
    shown = shown_keys(names)
    if shown is None:
        return CHARACTERS, key_secrets(names)
    return shown if isinstance(value, list) else "+".join(shown), key_secrets(names)


def _url(value: Any) -> Seen:
    return _address(value, for_log)


def _proxy(value: Any) -> Seen:
    return _address(value, proxy_for_log)


def _address(value: Any, shown: Callable[[str], str]) -> Seen:
    try:
        return (shown(value), credentials_of(value)) if isinstance(value, str) else _hidden(value)
    except ValueError:
        return _hidden(value)


def _command(value: Any) -> Seen:
    return (value[:KEPT_COMMAND], set()) if isinstance(value, str) else _hidden(value)


def _debug(value: Any) -> Seen:
    return _walked(value, _RUN) if isinstance(value, dict) else _hidden(value)


_COMMON: dict[str, Rule] = {
    "tab_id": _id,
    "request_id": _id,
    "include_context": _plain,
    "screenshot_after": _plain,
    "settle_ms": _plain,
}
_SPOT: dict[str, Rule] = {"x": _plain, "y": _plain}
_CLICK: dict[str, Rule] = {**_SPOT, "button": _button}
_LINE: dict[str, Rule] = {"x1": _plain, "y1": _plain, "x2": _plain, "y2": _plain}
_SIZE: dict[str, Rule] = {"width": _plain, "height": _plain, "scale_factor": _plain}
_HTML: dict[str, Rule] = {"auto_detect_encoding": _plain}
_RUN: dict[str, Rule] = {
    "command": _command,
    "cwd": _command,
    "env": lambda value: (HIDDEN, set(_strings(value))),
    "max_output_length": _plain,
    "stream": _plain,
    "timeout_seconds": _plain,
}

#: type → its members that are noted, and how.
_MEMBERS: dict[str, dict[str, Rule]] = {
    **dict.fromkeys(("click", "double_click", "right_click", "mouse_down", "mouse_up"), _CLICK),
    "drag": _LINE | _SPOT | {"path": _path, "button": _button},
    "type": _SPOT | {"text": _typed},
    "keypress": {"keys": _keys, "key": _keys},
    **{kind: {"key": _keys, "keys": _keys} for kind in ("key_down", "key_up")},
    "scroll": _SPOT | _LINE | {"dx": _plain, "dy": _plain, "scroll_x": _plain, "scroll_y": _plain},
    "wait": {"ms": _plain},
    "screenshot": {"base64": _plain, "from_shm": _plain},
    **{kind: {"url": _url} for kind in ("go_to_url", "navigate", "new_tab")},
    **{kind: {} for kind in ("list_tabs", "switch_tab", "close_tab")},
    **dict.fromkeys(("get_html_content", "html"), _HTML),
    **dict.fromkeys(("set_viewport", "viewport"), _SIZE),
    "change_proxy": {"proxy_url": _proxy},
    "debug": _RUN | {"debug": _debug},
}  # fmt: skip
