"""Commands on a computer: exec, whose output comes as it is made, and exec/sync, which answers at the end. Source:
contract §3.3.

Neither is ever retried: exec/sync has been seen to run a command three times.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import cast

import httpx
import orjson

from computers.upstream import errors
from computers.upstream.client import (
    BODY_LIMIT,
    CONNECT_TIMEOUT,
    LONGEST_CALL,
    Client,
    bounded,
    refusal,
    translated,
)
from computers.upstream.verbs import path_of
from computers.wire.commands import Command, Exit, Failure, Line, Lines, Output, read_sync
from computers.wire.upstream import error_inside

#: What the service gets beyond the command's own timeout to say how it ended, seconds.
DEADLINE_MARGIN = 15.0
#: The most that is read from upstream and not yet given on, bytes: one read of the event loop, after which it pauses.
#: What the reader does not take stays in the kernel, and the command waits.
READ_AHEAD = 262_144

MAY_STILL_RUN = "The command may still be running on the computer."


async def exec_sync(client: Client, id: str, command: Command) -> list[Output | Exit]:
    """`POST /computers/{id}/exec/sync`: what it said and how it ended, once it has."""
    try:
        async with asyncio.timeout(_deadline(command)), _posted(client, id, "exec/sync", command) as response:
            with translated():
                body = await bounded(response, BODY_LIMIT)
    except TimeoutError:
        raise errors.NoAnswer(f"The Lightcone service gave no answer in time. {MAY_STILL_RUN}") from None
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = None
    if (error := error_inside(data)) and data.get("exit_code") is None:
        raise errors.ActionFailed(_discreet(error, command))
    try:
        return read_sync(data)
    except ValueError:
        raise errors.NotUnderstood(
            f"The Lightcone service answered something that is no command's result. {MAY_STILL_RUN}",
            outcome_unknown=True,
        ) from None


async def exec(client: Client, id: str, command: Command) -> AsyncGenerator[Output | Exit, None]:
    """`POST /computers/{id}/exec`: output as it comes, `Exit` last. Closing the iterator closes the stream.

    Nothing is read while the reader does not ask, beyond `READ_AHEAD`. The deadline counts only the time in which
    upstream was waited for: a slow reader is not upstream's fault. `ActionFailed` where the service could not run it,
    `NoAnswer` where the stream ends without an exit.
    """
    lines, left = Lines(), _deadline(command)
    clock = asyncio.get_running_loop().time
    async with _posted(client, id, "exec", command) as response:
        async with aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_bytes())) as chunks:
            ended = False
            while not ended:
                began = clock()
                try:
                    async with asyncio.timeout(left):
                        with translated():
                            chunk = await anext(chunks, None)
                except TimeoutError:
                    raise errors.NoAnswer(
                        f"The Lightcone service did not end the command in time. {MAY_STILL_RUN}"
                    ) from None
                left -= clock() - began
                ended = chunk is None
                for said in _merged(lines, chunk):
                    if isinstance(said, Failure):
                        sentence = said.message or said.code or "The command could not be run."
                        raise errors.ActionFailed(_discreet(sentence, command))
                    yield said
                    if isinstance(said, Exit):
                        return
    raise errors.NoAnswer(f"The service broke off before it said how the command ended. {MAY_STILL_RUN}")


def _merged(lines: Lines, chunk: bytes | None) -> list[Line]:
    """The lines of one read, neighbours of the same stream made one: ten thousand short lines are one message."""
    merged: list[Line] = []
    texts: list[str] = []

    def flush() -> None:
        if texts and isinstance(last := merged[-1], Output):
            merged[-1] = Output(last.stream, last.text + "".join(texts))
            texts.clear()

    try:
        for line in lines.end() if chunk is None else lines.feed(chunk):
            last = merged[-1] if merged else None
            if isinstance(line, Output) and isinstance(last, Output) and line.stream == last.stream:
                texts.append(line.text)
            else:
                flush()
                merged.append(line)
    except ValueError:
        raise errors.NotUnderstood(
            f"The Lightcone service said something without an end. {MAY_STILL_RUN}", outcome_unknown=True
        ) from None
    flush()
    return merged


@asynccontextmanager
async def _posted(client: Client, id: str, verb: str, command: Command) -> AsyncIterator[httpx.Response]:
    """The answer, its body not yet read; `UpstreamError` where it is no success."""
    url = client.access.url(path_of(id, verb))
    silence = _deadline(command)
    request = client.http.build_request(
        "POST",
        url,
        content=orjson.dumps(command.body()),
        headers={
            **client.access.headers_for(url),
            "Content-Type": "application/json",
            "Accept": "application/x-ndjson" if verb == "exec" else "application/json",
            # Uncompressed: a few bytes must not become gigabytes on our side.
            "Accept-Encoding": "identity",
        },
        timeout=httpx.Timeout(silence, connect=CONNECT_TIMEOUT),
    )
    try:
        async with asyncio.timeout(silence):
            with translated():
                response = await client.http.send(request, stream=True)
    except (errors.NoAnswer, TimeoutError):
        raise errors.NoAnswer(f"The Lightcone service gave no answer. {MAY_STILL_RUN}") from None
    try:
        if not response.is_success:
            error = await refusal(response)
            may = f" {MAY_STILL_RUN}" if error.outcome_unknown else ""
            error.args = (_discreet(str(error), command) + may,)
            raise error
        yield response
    finally:
        await response.aclose()


def _discreet(sentence: str, command: Command) -> str:
    """What the service said, without the values that it was given: it goes to the page, the log and the timeline."""
    for value in sorted(command.environment.values(), key=len, reverse=True):
        if len(value.strip()) > 2:
            sentence = sentence.replace(value, "…")
    return sentence


def _deadline(command: Command) -> float:
    return min(command.timeout + DEADLINE_MARGIN, LONGEST_CALL)
