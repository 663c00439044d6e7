"""Which parts run, with which command line and which part of the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from dashboard import env, keys
from dashboard.supervisor.part import Part

REAL_SERVICE = "https://api.tzafon.ai"
#: How long open requests and sockets may take to end when the web process is told to stop, in seconds.
GRACEFUL_SECONDS = 5
#: The server pings every socket this often, and waits this long for the answer, in seconds.
PING_SECONDS = 10
#: Longest message a browser may send, in bytes: what the sockets accept, and room for its frame.
SOCKET_MESSAGE_BYTES = 256 * 1024

#: What only the dashboard may know; the local server runs other people's pages.
DASHBOARD_SECRETS = (
    "SECRET_KEY",
    "FIELD_ENCRYPTION_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
    "TZAFON_API_KEY",
    "METRICS_TOKEN",
    "OIDC_CLIENT_SECRET",
)
#: What only the local server needs.
LOCAL_SECRETS = ("MODEL_API_KEY",)
#: What nobody needs after the first owner was made.
OWNER_SECRETS = ("DJANGO_SUPERUSER_PASSWORD",)

DEFAULT_PORTS = {"postgres": 5432, "postgresql": 5432, "pgsql": 5432, "redis": 6379, "rediss": 6379}


@dataclass(frozen=True, slots=True)
class Upstream:
    """A service to connect to: its name in the team, its address, its key, and what it can create.

    `streams_safely` says whether streaming commands and events there is known to leave its computers alive.
    """

    name: str
    base_url: str
    api_key: str
    kinds: tuple[str, ...]
    streams_safely: bool = False


def address(host: str, port: int) -> str:
    """The http URL of a host and port."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def upstream() -> Upstream:
    """The real service when a key for it is set, else the local server, whose key is made on the first start."""
    if key := env.tzafon_api_key():
        base_url = env.lightcone_base_url() or REAL_SERVICE
        return Upstream("Lightcone", base_url, key, ("browser", "desktop"))
    key = env.local_key() or keys.ensure(env.data_dir(), keys.LOCAL_KEY_FILE, keys.make_local_key())
    return Upstream("This machine", address(env.local_host(), env.local_port()), key, ("browser",), True)


def uses_local_server() -> bool:
    return not env.tzafon_api_key()


def parts(service: Upstream, prepared: bool) -> list[Part]:
    """The parts of this start; the dashboard waits for the preparation unless everything is `prepared` already."""
    return [*([_local(service)] if uses_local_server() else []), _web(service, waits=not prepared)]


def preparation() -> Part:
    """What runs once before the dashboard may: migrations, the first owner, the connection, static files."""
    return Part("", [sys.executable, "manage.py", "prepare"], _environment(without=()))


def web_command() -> list[str]:
    """The server of the dashboard, under the supervisor and in the container alike."""
    command = [sys.executable, "-m", "uvicorn", "dashboard.asgi:application"]
    options = {
        "host": env.host(),
        "port": env.port(),
        "lifespan": "on",
        "log-level": "warning",
        "timeout-graceful-shutdown": GRACEFUL_SECONDS,
        "ws": "dashboard.direct:DirectWebSocket",  # uvicorn's own, with a short way for frames
        "ws-max-size": SOCKET_MESSAGE_BYTES,
        "ws-per-message-deflate": "false",  # 14 × the CPU for a few per cent of a JPEG
        "ws-ping-interval": PING_SECONDS,
        "ws-ping-timeout": PING_SECONDS,
    }
    command += [f"--{name}={value}" for name, value in options.items()]
    command += ["--no-access-log", "--no-server-header"]
    return [
        *command,
        "--no-proxy-headers",
    ]  # asgi.py itself believes the listed proxies, whatever server runs it


def _web(service: Upstream, waits: bool) -> Part:
    environment = _environment(without=(*LOCAL_SECRETS, *OWNER_SECRETS))
    environment["LIGHTDECK_PRIVATE_UPSTREAMS"] = ",".join(
        dict.fromkeys([*env.private_upstreams(), service.base_url])
    )
    return Part("web", web_command(), environment, address(env.host(), env.port()) + "/readyz", waits=waits)


def _local(service: Upstream) -> Part:
    environment = _environment(without=(*DASHBOARD_SECRETS, *OWNER_SECRETS))
    environment |= {
        "LIGHTDECK_LOCAL_HOST": env.local_host(),
        "LIGHTDECK_LOCAL_PORT": str(env.local_port()),
        "LIGHTDECK_LOCAL_KEY": service.api_key,
        "LIGHTDECK_DATA_DIR": str(env.data_dir()),
        "LIGHTDECK_FORBIDDEN_PORTS": ",".join(str(port) for port in forbidden_ports()),
    }
    command = [sys.executable, "-m", "local_lightcone"]
    probe = service.base_url + "/healthz"
    return Part("local", command, environment, probe, hidden=_is_ready_line, keeps_computers=True)


def forbidden_ports() -> list[int]:
    """The ports that no page in a local computer may reach: ours, and those of our database and Redis."""
    ports = [env.port(), env.local_port()]
    for url in (env.database_url(), env.redis_url()):
        found = urlsplit(url)
        if port := found.port or DEFAULT_PORTS.get(found.scheme):
            ports.append(port)
    return ports


def _environment(without: tuple[str, ...]) -> dict[str, str]:
    hidden = {*without, *(f"{name}_FILE" for name in without)}
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _is_ready_line(line: str) -> bool:
    return line.startswith("local_lightcone is ready at ")
