import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from .models.elsewhere import ModelServer

DEFAULT_PORT = 8100
DEFAULT_MAX_COMPUTERS = 16
"""215-315 MB each: more than this starves an ordinary machine. LIGHTDECK_LOCAL_MAX_COMPUTERS moves it."""


class Refusal(Exception):
    """A reason not to start, in one sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Settings:
    host: str
    port: int
    key: str | None
    data_dir: Path
    chromium: str | None
    allow_unsandboxed: bool
    unsafe_exec: bool
    forbidden_ports: frozenset[int]
    max_computers: int
    offers_cdp: bool
    model_server: ModelServer | None = None

    @property
    def is_loopback(self) -> bool:
        return is_loopback_name(self.host)


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    model_server = _model_server(environ)
    settings = Settings(
        host=environ.get("LIGHTDECK_LOCAL_HOST") or "127.0.0.1",
        port=_whole(environ, "LIGHTDECK_LOCAL_PORT", DEFAULT_PORT, most=65535),
        key=_text(environ, "LIGHTDECK_LOCAL_KEY"),
        data_dir=Path(environ.get("LIGHTDECK_DATA_DIR") or "./var").resolve(),
        chromium=environ.get("CHROMIUM") or None,
        allow_unsandboxed=environ.get("LIGHTDECK_ALLOW_UNSANDBOXED", "") == "1",
        unsafe_exec=environ.get("LIGHTDECK_UNSAFE_EXEC", "") == "1",
        forbidden_ports=_ports(environ, "LIGHTDECK_FORBIDDEN_PORTS") | _port_of(model_server),
        max_computers=_whole(environ, "LIGHTDECK_LOCAL_MAX_COMPUTERS", DEFAULT_MAX_COMPUTERS, most=1000),
        offers_cdp=environ.get("LIGHTDECK_LOCAL_CDP", "on") != "off",
        model_server=model_server,
    )
    if not settings.is_loopback and settings.key is None:
        raise Refusal(
            f"LIGHTDECK_LOCAL_HOST is {settings.host}, which others can reach: "
            "set LIGHTDECK_LOCAL_KEY to a key of your own, or use 127.0.0.1."
        )
    return settings


def is_loopback_name(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _model_server(environ: Mapping[str, str]) -> ModelServer | None:
    address = _text(environ, "MODEL_BASE_URL")
    if not address:
        return None
    wrong = Refusal("MODEL_BASE_URL must be an address such as https://models.example.com/v1.")
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # no such port, half a bracket
        raise wrong from None
    if not good or parts.query or parts.fragment:
        raise wrong
    if parts.username or parts.password:
        raise Refusal("MODEL_BASE_URL must not hold a key: set MODEL_API_KEY.")
    return ModelServer(address, _text(environ, "MODEL_API_KEY"), _text(environ, "MODEL_NAME"))


def _port_of(server: ModelServer | None) -> frozenset[int]:
    """The port of a model server on this machine, which needs no key of the pages that would ask it."""
    parts = urlsplit(server.base_url if server else "")
    if not parts.hostname or not is_loopback_name(parts.hostname):
        return frozenset()
    return frozenset((parts.port or (443 if parts.scheme == "https" else 80),))


def _text(environ: Mapping[str, str], name: str) -> str | None:
    """Also from the file that `<NAME>_FILE` names."""
    value = environ.get(name) or ""
    if path := environ.get(f"{name}_FILE"):
        try:
            value = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise Refusal(f"{name}_FILE names a file that cannot be read.") from None
    value = value.strip()
    if not value.isascii() or not value.isprintable():
        raise Refusal(f"{name} must be plain ASCII text.")
    return value or None


def _whole(environ: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    value = environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or int(value) > most:
        raise Refusal(f"{name} must be a whole number from 0 to {most}, not {value!r}.")
    return int(value)


def _ports(environ: Mapping[str, str], name: str) -> frozenset[int]:
    values = [part.strip() for part in environ.get(name, "").split(",") if part.strip()]
    if not all(value.isascii() and value.isdigit() for value in values):
        raise Refusal(f"{name} must be a comma-separated list of port numbers.")
    return frozenset(int(value) for value in values)
