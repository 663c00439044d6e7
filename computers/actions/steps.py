"""Actions as JSON, alone or in batches (contract §2.5): checked before they leave. What of them is noted: `noting`."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from computers.actions import inputs
from computers.actions.addresses import normalise
from computers.actions.refusal import Invalid, Refused

#: Most steps in one batch (the local service takes no more), and the longest JSON of all of them together, bytes.
STEPS_LIMIT = 100
JSON_LIMIT = 64 * 1024
#: Longest wait within one step, milliseconds: a batch must end before its deadline.
WAIT_LIMIT = 60_000
#: The ways out of a computer that may be asked for.
PROXY_SCHEMES = frozenset({"http", "https", "socks5", "socks5h", "socks4"})
PROXY_LIMIT = 1024

#: A viewport's sides, CSS pixels, and its scale: picture pixels for one of them.
VIEWPORT_SIDES = (100, 8192)
SCALES = (0.5, 4.0)

#: What is aimed at an address: never opened unchecked.
_OPENING = frozenset({"go_to_url", "navigate", "new_tab"})


def parsed(said: str, field: str) -> Any:
    """The JSON that somebody wrote, of a bearable size."""
    if len(said.encode("utf-8", "replace")) > JSON_LIMIT:
        raise Invalid(f"That is too much: at most {JSON_LIMIT // 1024} kB of JSON.", field)
    try:
        return orjson.loads(said)
    except ValueError:
        raise Invalid("That is not JSON.", field) from None


def checked(action: Any, field: str = "action") -> dict[str, Any]:
    """One action, with its addresses made whole; `Invalid` for what must not leave."""
    if not isinstance(action, dict):
        raise Invalid('An action is a JSON object, such as {"type": "click", "x": 10, "y": 20}.', field)
    kind = action.get("type")
    if not isinstance(kind, str) or not kind.isidentifier() or len(kind) > inputs.KEY_LIMIT:
        raise Invalid('An action needs a "type": a word such as click, type or scroll.', field)
    if not _finite(action):
        raise Invalid("Every number must be finite.", field)
    whole: dict[str, Any] = {str(key): value for key, value in action.items()}
    try:
        _check_members(kind, whole)
    except Refused as refusal:
        raise Invalid(f"{kind}: {refusal}", field) from None
    return whole


def checked_list(actions: Any, field: str = "actions") -> list[dict[str, Any]]:
    """A batch's actions; a refusal says which one it is about."""
    if not isinstance(actions, list):
        raise Invalid("A batch is a JSON list of actions.", field)
    if not actions:
        raise Invalid("A batch needs at least one action.", field)
    if len(actions) > STEPS_LIMIT:
        raise Invalid(f"A batch has at most {STEPS_LIMIT} actions; this one has {len(actions)}.", field)
    found = []
    for place, action in enumerate(actions, 1):
        try:
            found.append(checked(action, field))
        except Invalid as refusal:
            raise Invalid(f"Action {place}: {refusal}", field) from None
    return found


def proxy(url: Any, field: str = "proxy_url") -> str:
    """A proxy's address; empty takes the proxy away."""
    if not isinstance(url, str):
        raise Invalid("A proxy is a web address such as http://host:8080.", field)
    address: str = url.strip()
    if not address:
        return ""
    if len(address) > PROXY_LIMIT or not address.isprintable() or " " in address:
        raise Invalid(f"A proxy's address has at most {PROXY_LIMIT} visible characters.", field)
    scheme, separator, _ = address.partition("://")
    if not separator:
        address = f"http://{address}"
    elif scheme.lower() not in PROXY_SCHEMES:
        allowed = ", ".join(sorted(PROXY_SCHEMES))
        raise Invalid(f"A proxy's address begins with one of {allowed}.", field)
    try:
        parts = urlsplit(address)
        sound = bool(parts.hostname) and parts.port is not None
    except ValueError:
        sound = False
    if not sound or parts.path.strip("/") or parts.query or parts.fragment:
        raise Invalid("A proxy's address is a scheme, a host and a port: http://host:8080.", field)
    return address


def proxy_for_log(url: str) -> str:
    """The proxy's address without its name and password."""
    parts = urlsplit(url)
    return str(urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])))


def _check_members(kind: str, action: dict[str, Any]) -> None:
    if kind in _OPENING and action.get("url"):
        action["url"] = normalise(_text(action["url"]))
    if "proxy_url" in action and action["proxy_url"] is not None:
        action["proxy_url"] = proxy(action["proxy_url"])
    if kind == "type":
        inputs.text(action.get("text"))
    if action.get("keys"):
        action["keys"] = inputs.keys(action["keys"])
    if action.get("ms") is not None:
        inputs.number(action["ms"], "ms", "The wait", WAIT_LIMIT, 0)
    if kind == "set_viewport":
        check_size(action)
    inputs.tab_id(action.get("tab_id"))


def check_size(size: dict[str, Any]) -> None:
    """A viewport within what browsers draw."""
    for side in ("width", "height"):
        inputs.whole(size.get(side), side, f"The {side}", *VIEWPORT_SIDES)
    if size.get("scale_factor") is not None:
        inputs.number(size["scale_factor"], "scale_factor", "The scale", SCALES[1], SCALES[0])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid("An address is a text.", "url")
    return value


def _finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_finite, value.values()))
    return all(map(_finite, value)) if isinstance(value, list) else True
