"""The environment, read in one place: one typed function per name that Lightdeck understands.

Every value may also come from a file named by ``<NAME>_FILE`` (a mounted secret). Nothing here imports Django
settings, so `manage.py start` may use it before they exist. docs/configuration.md lists the same names.
"""

from pathlib import Path
from typing import Any

from environ import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent
SQLITE_FILE = "lightdeck.sqlite3"

_env = FileAwareEnv()
_OFF_WORDS = ("off", "0", "false", "no")


def _text(name: str, default: str = "") -> str:
    return str(_env.str(name, default)).strip()


def _flag(name: str) -> bool:
    return bool(_env.bool(name, False)) if _text(name) else False


def _number(name: str, default: int) -> int:
    return int(_env.int(name, default)) if _text(name) else default


def _words(name: str) -> list[str]:
    return [word.strip() for word in _text(name).split(",") if word.strip()]


# --- where it listens and where it keeps things -------------------------------------------------------------


def host() -> str:
    return _text("LIGHTDECK_HOST", "127.0.0.1")


def port() -> int:
    return _number("LIGHTDECK_PORT", 8000)


def data_dir() -> Path:
    return Path(_text("LIGHTDECK_DATA_DIR", str(BASE_DIR / "var"))).expanduser().absolute()


def background() -> bool:
    """Whether this web process runs the background services itself."""
    return _text("LIGHTDECK_BACKGROUND", "on").lower() not in _OFF_WORDS


def workers() -> int:
    """uvicorn's own name for the number of worker processes; read only to refuse what cannot work."""
    return _number("WEB_CONCURRENCY", 1)


# --- the local Lightcone ------------------------------------------------------------------------------------


def local_host() -> str:
    return _text("LIGHTDECK_LOCAL_HOST", "127.0.0.1")


def local_port() -> int:
    return _number("LIGHTDECK_LOCAL_PORT", 8100)


def local_key() -> str:
    return _text("LIGHTDECK_LOCAL_KEY")


# --- upstream -----------------------------------------------------------------------------------------------


def private_upstreams() -> list[str]:
    """Private and loopback base URLs that connections may use."""
    return _words("LIGHTDECK_PRIVATE_UPSTREAMS")


def lightcone_base_url() -> str:
    return _text("LIGHTCONE_BASE_URL")


def tzafon_api_key() -> str:
    return _text("TZAFON_API_KEY")


# --- what is kept ---------------------------------------------------------------------------------------------


def timeline_days() -> int:
    """How long a timeline's entries are kept; 0: however old they are."""
    return min(max(0, _number("LIGHTDECK_TIMELINE_DAYS", 90)), 36_500)


def timeline_entries() -> int:
    """How many entries of one computer are kept, the newest."""
    return max(1000, _number("LIGHTDECK_TIMELINE_ENTRIES", 100_000))


def audit_days() -> int:
    """How long the audit log is kept; 0: for ever."""
    return min(max(0, _number("LIGHTDECK_AUDIT_DAYS", 0)), 36_500)


# --- Django -------------------------------------------------------------------------------------------------


def debug() -> bool:
    return _flag("DEBUG")


def secret_key() -> str:
    return _text("SECRET_KEY")


def field_encryption_keys() -> list[str]:
    """Newest first: the first encrypts, all decrypt."""
    return _words("FIELD_ENCRYPTION_KEYS")


def allowed_hosts() -> list[str]:
    return _words("ALLOWED_HOSTS")


def csrf_trusted_origins() -> list[str]:
    return _words("CSRF_TRUSTED_ORIGINS")


def trusted_proxies() -> list[str]:
    """Addresses of the proxies whose X-Forwarded-For and -Proto are believed; ``*`` or ``1`` believes every peer."""
    words = _words("LIGHTDECK_TRUST_PROXY")
    if [word.lower() for word in words] in (["1"], ["on"], ["true"], ["yes"]):
        return ["*"]
    return [] if len(words) == 1 and words[0].lower() in _OFF_WORDS else words


def oidc_issuer() -> str:
    """The address of the OpenID provider, up to and without /.well-known."""
    return _text("OIDC_ISSUER").rstrip("/")


def oidc_client_id() -> str:
    return _text("OIDC_CLIENT_ID")


def oidc_client_secret() -> str:
    return _text("OIDC_CLIENT_SECRET")


def redis_url() -> str:
    return _text("REDIS_URL")


def database_url() -> str:
    return _text("DATABASE_URL")


def database_config(url: str) -> dict[str, Any]:
    """Django's dictionary for one database URL."""
    return dict(_env.db_url_config(url))


def metrics_token() -> str:
    """Whoever shows it may read /metrics; empty: nobody."""
    return _text("METRICS_TOKEN")


def static_dir() -> str:
    """Where static files were collected beforehand; empty: in the data folder, by whoever prepares it."""
    return _text("LIGHTDECK_STATIC_DIR")


# --- the first owner ----------------------------------------------------------------------------------------


def owner_name() -> str:
    return _text("DJANGO_SUPERUSER_USERNAME")


def owner_password() -> str:
    return _text("DJANGO_SUPERUSER_PASSWORD")


def owner_email() -> str:
    return _text("DJANGO_SUPERUSER_EMAIL")
