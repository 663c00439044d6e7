"""The product's own settings, on a throw-away data folder and with nothing that points outside."""

import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

OUTSIDE = (
    "TZAFON_API_KEY",
    "LIGHTCONE_BASE_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "LIGHTDECK_TRUST_PROXY",
    "DEBUG",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
)
for name in OUTSIDE:
    os.environ.pop(name, None)

# xdist's workers are children of one run: each has its own folder by its own temporary directory.
os.environ["LIGHTDECK_DATA_DIR"] = tempfile.mkdtemp(prefix="lightdeck-test-")
os.environ["SECRET_KEY"] = "a secret of the test-suite, long enough to be taken for one by every check"
os.environ["FIELD_ENCRYPTION_KEYS"] = Fernet.generate_key().decode()
os.environ["LIGHTDECK_BACKGROUND"] = "on"

from dashboard.settings import *  # noqa: E402, F403
from dashboard.settings import DATABASES, PLAIN_STATIC, STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = PLAIN_STATIC
# A file: threads of the database pool could not see a database in memory.
# It may be lost with the machine: waiting for its disk, table by table after every test, would cost minutes.
DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
DATABASES["default"]["TEST"] = {"NAME": str(Path(os.environ["LIGHTDECK_DATA_DIR"]) / "test.sqlite3")}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
Path(STATIC_ROOT).mkdir(exist_ok=True)
