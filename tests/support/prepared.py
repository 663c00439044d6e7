"""A data folder as the first start leaves it, made once for all the workers of a session."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from dashboard import keys
from tests.support.processes import Child, environment, free_port

OWNER = "alice"
PASSWORD = "a quiet password"
PREPARE_SECONDS = 120.0
#: Names the session's own folder; whoever starts the workers sets it, and they inherit it.
VARIABLE = "LIGHTDECK_TEST_PREPARED"


def stack_environment(folder: Path, **changes: str) -> dict[str, str]:
    """What `make run` is given: free ports, `folder` as its data folder, and an owner whose password we know."""
    defaults = {
        "LIGHTDECK_DATA_DIR": str(folder),
        "LIGHTDECK_PORT": str(free_port()),
        "LIGHTDECK_LOCAL_PORT": str(free_port()),
        "DJANGO_SUPERUSER_USERNAME": OWNER,
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    return environment({**defaults, **changes})


def announce() -> None:
    """From now on this process and its children share one prepared folder, which goes when this process ends."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="lightdeck-prepared-")
        atexit.register(shutil.rmtree, os.environ[VARIABLE], ignore_errors=True)


def folder() -> Path:
    """Compressing the static files again for every stack would take seconds. Whoever asks first makes it."""
    announce()
    parent = Path(os.environ[VARIABLE])
    done = parent / "done"
    with (parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            _prepare(parent / "data")
            done.touch()
    return parent / "data"


def fill(target: Path, *names: str) -> None:
    """Copy it, or only what has one of these names."""
    for each in folder().iterdir():
        if not names or each.name in names:
            if each.is_dir():
                shutil.copytree(each, target / each.name)
            else:
                shutil.copy2(each, target / each.name)


def _prepare(data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    keys.ensure(data, keys.SECRET_KEY_FILE, keys.make_secret_key())
    keys.ensure(data, keys.FIELD_KEYS_FILE, keys.make_field_key())
    preparing = Child(["manage.py", "prepare"], stack_environment(data))
    assert preparing.wait(PREPARE_SECONDS) == 0, preparing.output
    (data / keys.LOCAL_KEY_FILE).unlink()
