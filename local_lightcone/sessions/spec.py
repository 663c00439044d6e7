"""What a create request may ask for, checked."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..bodies import flag, text
from ..chromium.viewport import Display
from ..problems import bad_request

DEFAULT_IDLE_SECONDS = 120
DEFAULT_LIFETIME_SECONDS = 3600
LONGEST_SECONDS = 7 * 24 * 3600
SIDE_PIXELS = range(100, 4097)
SCALES = (0.5, 4.0)


@dataclass(frozen=True, slots=True)
class Spec:
    display: Display
    lifetime_seconds: int
    idle_seconds: int
    idle_limited: bool
    persistent: bool = False
    environment_id: str | None = None
    """The saved computer that this one begins with."""


def read_spec(body: dict[str, Any]) -> Spec:
    kind = body.get("kind") or "browser"
    if kind == "desktop":
        raise bad_request("Desktop computers come later: this server has browser computers only.")
    if kind != "browser":
        raise bad_request("kind must be browser or desktop.")
    flag(body, "use_advanced_proxy")  # accepted and of no effect here, as are context_id and stealth
    idle_limited = _either(body, "idle_timeout_enabled", "auto_kill", True)
    if not isinstance(idle_limited, bool):
        raise bad_request("idle_timeout_enabled must be true or false.")
    lifetime = _either(body, "max_lifetime_seconds", "timeout_seconds", DEFAULT_LIFETIME_SECONDS)
    idle = _either(body, "inactivity_timeout_seconds", None, DEFAULT_IDLE_SECONDS)
    return Spec(
        display=_display(body.get("display")),
        lifetime_seconds=_seconds("max_lifetime_seconds", lifetime),
        idle_seconds=_seconds("inactivity_timeout_seconds", idle),
        idle_limited=idle_limited,
        persistent=flag(body, "persistent"),
        environment_id=text(body, "environment_id") if body.get("environment_id") is not None else None,
    )


def _either(body: dict[str, Any], name: str, deprecated: str | None, default: object) -> object:
    for key in (name, deprecated):
        if key and body.get(key) is not None:
            return body[key]
    return default


def _seconds(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LONGEST_SECONDS:
        raise bad_request(f"{name} must be a whole number from 1 to {LONGEST_SECONDS}.")
    return value


def _display(value: object) -> Display:
    if value is None:
        return Display()
    if not isinstance(value, dict):
        raise bad_request("display must be an object with width, height and scale.")
    usual = Display()
    sizes = {"width": usual.width, "height": usual.height, "scale": usual.scale}
    given = {name: size if value.get(name) is None else value[name] for name, size in sizes.items()}
    return checked_display(given, {name: f"display.{name}" for name in sizes})


def checked_display(given: Mapping[str, object], names: Mapping[str, str]) -> Display:
    """A viewport that a tab can have. `names` is what the caller calls its fields."""
    width, height = (_pixels(given[side], names[side]) for side in ("width", "height"))
    scale = given["scale"]
    if not isinstance(scale, int | float) or isinstance(scale, bool) or not math.isfinite(scale):
        raise bad_request(f"{names['scale']} must be a number.")
    if not SCALES[0] <= scale <= SCALES[1]:
        raise bad_request(f"{names['scale']} must be from {SCALES[0]} to {SCALES[1]}.")
    return Display(width, height, scale)


def _pixels(value: object, name: str) -> int:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and value in SIDE_PIXELS:
        return int(value)  # type: ignore[call-overload, no-any-return]
    raise bad_request(f"{name} must be from {SIDE_PIXELS[0]} to {SIDE_PIXELS[-1]} pixels.")
