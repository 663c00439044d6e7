"""The same on PostgreSQL: `TEST_DATABASE_URL=postgres://… pytest --ds=tests.settings_postgres tests/dashboard`."""

import os

from dashboard import env
from tests.settings import *  # noqa: F403

DATABASES = {"default": env.database_config(os.environ["TEST_DATABASE_URL"])}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# The test database may be lost with the machine: waiting for its disk doubles the time of every test.
DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
