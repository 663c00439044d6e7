import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn

from .agents.registry import Tasks
from .app import build_app
from .chromium.find import find_chromium
from .chromium.isolation import probe, write_policy
from .chromium.reach import Ports
from .exec.sandbox import probe as probe_sandbox
from .keys import load_or_make_key
from .sessions.computer import Workshop
from .sessions.registry import Registry
from .sessions.runtime import claimed
from .sessions.saved import Saved
from .settings import Refusal, Settings, read_settings

GRACE_SECONDS = 2
"""How long a stop waits for open requests; streams are cut with their computers."""

BACKLOG = 128
WS_MAX_BYTES = 256 * 1024 * 1024


def main() -> int:
    logging.basicConfig(level=logging.WARNING, format="local_lightcone: %(message)s")
    try:
        settings = read_settings()
        program = find_chromium(settings.chromium)
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with claimed(settings.data_dir) as runtime:
            policy = write_policy(runtime)
            isolation = probe(runtime, allow_unsandboxed=settings.allow_unsandboxed)
            sandbox = probe_sandbox(runtime, isolation, unsafe=settings.unsafe_exec)
            listener = _listen(settings)
            port = listener.getsockname()[1]
            ports = Ports(settings.forbidden_ports | {port})
            saved = Saved(settings.data_dir)
            workshop = Workshop(
                program, isolation, runtime, policy, ports, settings.offers_cdp, saved, sandbox
            )
            asyncio.run(_serve(settings, workshop, listener))
    except Refusal as refusal:
        print(f"local_lightcone: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # before the server listened to signals itself
        return 130
    return 0


def _listen(settings: Settings) -> socket.socket:
    host = settings.host.strip("[]")
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, settings.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        # With the protocol named, asyncio switches Nagle's algorithm off (else each answer waits 40 ms).
        listener = socket.socket(family, kind, proto)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        raise Refusal(f"{host}:{settings.port} cannot be listened on: {error.strerror}.") from None
    listener.listen(BACKLOG)
    return listener


class Server(uvicorn.Server):
    """Says when it is ready; told to stop, ends its tasks and computers first, so that their streams end by
    themselves."""

    def __init__(self, config: uvicorn.Config, tasks: Tasks, registry: Registry, address: str) -> None:
        super().__init__(config)
        self._tasks, self._registry, self._address = tasks, registry, address

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Unlike uvicorn's own, does not raise the signal again at the end: there is still a folder to remove."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(f"local_lightcone is ready at http://{self._address}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._tasks.close()
        await self._registry.close()
        await super().shutdown(sockets)


async def _serve(settings: Settings, workshop: Workshop, listener: socket.socket) -> None:
    registry = Registry(workshop, settings.max_computers)
    app = build_app(settings, load_or_make_key(settings.data_dir, settings.key), registry)
    config = uvicorn.Config(
        app,
        log_level="warning",  # at "info" it writes whole addresses, tokens included
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=WS_MAX_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
    )
    host, port = listener.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        await Server(config, app.state.tasks, registry, address).serve(sockets=[listener])
    finally:
        await app.state.models.close()


if __name__ == "__main__":
    sys.exit(main())
