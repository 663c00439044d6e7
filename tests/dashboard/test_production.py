"""Production settings, as another process reads them."""

from __future__ import annotations

import json
from pathlib import Path

from dashboard import keys
from tests.support.processes import Child, environment

PRODUCTION = {
    "SECRET_KEY": keys.make_secret_key(),
    "FIELD_ENCRYPTION_KEYS": keys.make_field_key(),
    "ALLOWED_HOSTS": "lightdeck.example",
    "LIGHTDECK_TRUST_PROXY": "10.0.0.1",
}
SHOW = """
import json
from django.conf import settings as s
print("settings", json.dumps({name: getattr(s, name) for name in %r}, default=str))
"""


def run(folder: Path, *arguments: str, **changes: str) -> Child:
    folder.chmod(0o700)
    child = Child(
        ["manage.py", *arguments], environment({"LIGHTDECK_DATA_DIR": str(folder), **PRODUCTION, **changes})
    )
    child.wait(60)
    return child


def settings_of(folder: Path, *names: str, **changes: str) -> dict[str, object]:
    child = run(folder, "shell", "-c", SHOW % (names,), **changes)
    line = next(line for line in child.lines if line.startswith("settings "))
    found: dict[str, object] = json.loads(line.removeprefix("settings "))
    return found


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    child = run(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert child.process.returncode == 0, child.output


def test_behind_a_trusted_proxy_cookies_travel_over_tls_only(tmp_path: Path) -> None:
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG")
    assert settings_of(tmp_path, *names) == dict(zip(names, (True, True, True, False), strict=True))


def test_postgresql_is_pooled_and_redis_is_shared(tmp_path: Path) -> None:
    urls = {"DATABASE_URL": "postgres://u:p@127.0.0.1/x", "REDIS_URL": "redis://127.0.0.1:6379/3"}
    found = settings_of(tmp_path, "DATABASES", "CHANNEL_LAYERS", "CACHES", **urls)
    database = found["DATABASES"]["default"]  # type: ignore[index]
    assert database["OPTIONS"]["pool"]["max_size"] > 1
    assert database["CONN_MAX_AGE"] == 0
    assert "pubsub" in found["CHANNEL_LAYERS"]["default"]["BACKEND"]  # type: ignore[index]
    assert "RedisCache" in found["CACHES"]["default"]["BACKEND"]  # type: ignore[index]


def test_sqlite_takes_its_lock_first_and_keeps_a_log(tmp_path: Path) -> None:
    database = settings_of(tmp_path, "DATABASES")["DATABASES"]["default"]  # type: ignore[index]
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]
