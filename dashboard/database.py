"""Database work from async code: one synchronous function is one unit of work.

Django's own bridge runs every synchronous call of a request in one shared thread, so one slow query delays every other
socket (measured: 951 ms for a 1 s query). Units run in a bounded pool of our own instead, each thread keeping its
connection.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.core.signals import request_started
from django.db import close_old_connections, connections, reset_queries, transaction

#: How many units may run at once in this process; the rest wait in order.
DATABASE_THREADS = 8

P = ParamSpec("P")
R = TypeVar("R")

#: The loop that awaits the unit now running in this thread, for what must go back to it.
calling_loop: contextvars.ContextVar[asyncio.AbstractEventLoop | None] = contextvars.ContextVar(
    "loop", default=None
)

_POOL = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="lightdeck-database")


def unit(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """Make `function` awaitable; it runs in the pool, outside any transaction.

    A cancelled caller stops waiting, but the unit still runs to its end: what it wrote stays written.
    """

    @functools.wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        call = functools.partial(_run_and_tidy, function, *args, **kwargs)
        loop = asyncio.get_running_loop()
        context = contextvars.copy_context()
        context.run(calling_loop.set, loop)
        return await loop.run_in_executor(_POOL, context.run, call)

    return run


def atomic_unit(function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """A `unit` in one transaction; on SQLite it takes the write lock at once, so keep it short."""
    return unit(functools.wraps(function)(transaction.atomic(function)))


def leave_connections_alone() -> None:
    """Ask nothing of the database when a request begins: its synchronous work, if it has any, gets a new thread, which
    cannot hold an old connection, and asking would cost that thread. What it opens is closed when the request ends."""
    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)


def close_all() -> None:
    """Close every connection the pool holds, so that a test database can be dropped."""
    _in_every_thread(connections.close_all)


def settle() -> None:
    """Return once every unit that was asked for has run to its end, those included that nobody awaits any more: a test
    database that is emptied beside one of them may be deadlocked with it."""
    _in_every_thread(lambda: None)


def _in_every_thread(function: Callable[[], None]) -> None:
    """Each of the pool's threads is asked once, held by a barrier so that no thread answers twice."""
    barrier = threading.Barrier(DATABASE_THREADS)

    def run() -> None:
        barrier.wait()
        function()

    for waiting in [_POOL.submit(run) for _ in range(DATABASE_THREADS)]:
        waiting.result()


def _run_and_tidy(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return function(*args, **kwargs)
    finally:
        for connection in connections.all(initialized_only=True):
            # A SQLite file stays open: opening it anew with its pragmas costs more than most units.
            if connection.vendor != "sqlite" or connection.errors_occurred:
                connection.close_if_unusable_or_obsolete()
