"""The environment, read in one place: one typed function per name that Lightdeck understands.

Every value may also come from a file named by ``<NAME>_FILE`` (a mounted secret). Nothing here imports Django
settings, so `manage.py start` may use it before they exist. docs/configuration.md lists the same names.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environ import FileAwareEnv

BASE_DIR = Path(__file__).resolve().parent.parent
SQLITE_FILE = "lightdeck.sqlite3"

#: What a database URL begins with.
DATABASES = ("postgres", "postgresql", "pgsql", "sqlite")

_env = FileAwareEnv()
_OFF_WORDS = ("off", "0", "false", "no")


class Unusable(SystemExit):
    """A value that cannot be meant, as one sentence for the person at the terminal. It never repeats a secret."""


def _text(name: str, default: str = "") -> str:
    try:
        return str(_env.str(name, default)).strip()
    except (OSError, UnicodeDecodeError):
        raise Unusable(f"{name}_FILE names a file that cannot be read.") from None


def _flag(name: str) -> bool:
    return bool(_env.bool(name, False)) if _text(name) else False


def _number(name: str, default: int) -> int:
    try:
        return int(_text(name) or default)
    except ValueError:
        raise Unusable(f"{name} must be a whole number, not {_text(name)[:40]!r}.") from None


def _port(name: str, default: int) -> int:
    number = _number(name, default)
    if not 0 < number < 65536:
        raise Unusable(f"{name} must be a port from 1 to 65535, not {number}.")
    return number


def _words(name: str) -> list[str]:
    return [word.strip() for word in _text(name).split(",") if word.strip()]


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def verify() -> None:
    """`Unusable` now, rather than when somebody asks for the value."""
    for read in (port, local_port, workers, timeline_days, timeline_entries, audit_days, private_upstreams):
        read()
    if url := database_url():
        database_config(url)


# --- where it listens and where it keeps things -------------------------------------------------------------


def host() -> str:
    return _text("LIGHTDECK_HOST", "127.0.0.1")


def port() -> int:
    return _port("LIGHTDECK_PORT", 8000)


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
    return _port("LIGHTDECK_LOCAL_PORT", 8100)


def local_key() -> str:
    return _text("LIGHTDECK_LOCAL_KEY")


# --- upstream -----------------------------------------------------------------------------------------------


def private_upstreams() -> list[str]:
    """Private and loopback base URLs that connections may use."""
    listed = _words("LIGHTDECK_PRIVATE_UPSTREAMS")
    for each in listed:
        if not _is_url(each):
            raise Unusable(
                f"LIGHTDECK_PRIVATE_UPSTREAMS lists {each!r}, which is no address like http://10.0.0.5:8100."
            )
    return listed


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
    wrong = Unusable(
        "DATABASE_URL must look like postgres://name:password@host:5432/database; what is special in a password is "
        "written as %23 and the like."
    )
    if url.partition(":")[0] not in DATABASES:
        raise wrong
    try:
        return dict(_env.db_url_config(url))
    except ValueError:  # it quotes what it did not understand, perhaps a piece of the password
        raise wrong from None


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
