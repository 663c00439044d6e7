"""Static files for production: hashed, compressed, and collected only when one of them changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from dashboard import env

STAMP_FILE = "static.stamp"


def collect() -> None:
    """Hash and compress the static files when any of them changed since the last time. Where they were collected
    beforehand, as in the container's image, there is nothing to do."""
    if settings.DEBUG or env.static_dir():
        return
    stamp = settings.DATA_DIR / STAMP_FILE
    signature = _signature()
    if stamp.exists() and stamp.read_text(encoding="ascii") == signature and settings.STATIC_ROOT.exists():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(signature, encoding="ascii")


def _signature() -> str:
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}:{facts.st_size}:{facts.st_mtime_ns};".encode())
    return digest.hexdigest()
