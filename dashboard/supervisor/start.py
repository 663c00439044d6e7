"""`manage.py start`, without loading Django: the parts import it themselves, all at the same time."""

from __future__ import annotations

import asyncio
import sys

from dashboard import env, keys
from dashboard.supervisor import ground, plan
from dashboard.supervisor.supervisor import Supervisor


def main() -> int:
    """Start everything and stay until it is told to end; the process's exit code."""
    try:
        return _start()
    except ground.CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _start() -> int:
    env.verify()
    folder = env.data_dir()
    try:
        _make_missing_keys()
    except OSError as error:
        raise ground.CannotStart(f"LIGHTDECK_DATA_DIR, {folder}, cannot be used: {error.strerror}.") from None
    if plan.uses_local_server() and env.port() == env.local_port():
        raise ground.CannotStart(
            f"LIGHTDECK_PORT and LIGHTDECK_LOCAL_PORT are both {env.port()}: change one of them."
        )
    with ground.lock(folder):
        ground.require_free_port(env.host(), env.port(), "LIGHTDECK_PORT")
        if plan.uses_local_server():
            ground.require_free_port(env.local_host(), env.local_port(), "LIGHTDECK_LOCAL_PORT")
        service = plan.upstream()
        supervisor = Supervisor(
            plan.preparation(),
            plan.parts(service, prepared=ground.is_prepared(folder, repr(service))),
            prepared=lambda: ground.remember_prepared(folder, repr(service)),
            ready=lambda: _say(f"Lightdeck is ready at {plan.address(env.host(), env.port())}"),
            say=_say,
        )
        return asyncio.run(supervisor.run())


def _make_missing_keys() -> None:
    """The first start writes the keys that the settings refuse to do without."""
    folder = env.data_dir()
    keys.prepare_folder(folder)
    if not env.secret_key():
        keys.ensure(folder, keys.SECRET_KEY_FILE, keys.make_secret_key())
    if not env.field_encryption_keys():
        keys.ensure(folder, keys.FIELD_KEYS_FILE, keys.make_field_key())


def _say(line: str) -> None:
    print(line, flush=True)
