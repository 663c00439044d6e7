"""The screen over REST: its size, a picture of it, and the HTML that it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from computers import captures, records
from computers.actions.allowed import admission, admit
from computers.actions.inputs import tab_id
from computers.actions.perform import Done, perform
from computers.actions.steps import check_size
from computers.models import Capture, Computer
from computers.upstream.client import Client
from computers.upstream.errors import NotUnderstood
from computers.upstream.pictures import fetched
from computers.upstream.verbs import HTML_TIMEOUT, SCREENSHOT_TIMEOUT, VIEWPORT_TIMEOUT
from computers.wire.results import read_html, read_picture
from computers.wire.upstream import ActionResult
from dashboard.permissions import Action, Actor


async def viewport(
    actor: Actor, computer: Computer, width: int, height: int, scale: float = 1.0, tab: str = ""
) -> Done:
    """`POST /viewport`: CSS pixels, and how many picture pixels one of them takes."""
    await admit(actor, Action.VIEWPORT, computer)
    size: dict[str, Any] = {"width": width, "height": height, "scale_factor": scale}
    check_size(size)
    body = _with_tab(size, tab)
    done = await perform(
        actor,
        Action.VIEWPORT,
        computer,
        f"set the size to {width} × {height}" + (f" at {scale:g}" if scale != 1 else ""),
        lambda client: client.act(computer.upstream_id, "viewport", body, timeout=VIEWPORT_TIMEOUT),
        request=body,
        step={"type": "set_viewport", **size},
        **size,
    )
    await records.note_size(computer.pk, width, height, scale)
    return done


async def screenshot(actor: Actor, computer: Computer, tab: str = "") -> Capture:
    """`POST /screenshot`, and the picture copied here: upstream's link runs out."""

    async def keep(client: Client, answer: ActionResult) -> Capture:
        picture = read_picture(answer.result)
        if picture is None:
            raise NotUnderstood("The Lightcone service sent no picture.")
        content = await fetched(client, picture)
        return await captures.keep(computer, Capture.Kind.SCREENSHOT, content, actor)

    body = _with_tab({}, tab)
    return await _captured(
        actor, Action.SCREENSHOT, computer, "took a screenshot", "screenshot", body, SCREENSHOT_TIMEOUT, keep
    )


async def html(actor: Actor, computer: Computer, tab: str = "") -> Capture:
    """`POST /html`, kept as it came."""

    async def keep(_client: Client, answer: ActionResult) -> Capture:
        content = read_html(answer.result)
        if content is None:
            raise NotUnderstood("The Lightcone service sent no HTML.")
        return await captures.keep(computer, Capture.Kind.HTML, content.encode("utf-8", "replace"), actor)

    body = _with_tab({"auto_detect_encoding": False}, tab)
    return await _captured(
        actor, Action.HTML, computer, "read the page's HTML", "html", body, HTML_TIMEOUT, keep
    )


async def _captured(
    actor: Actor,
    action: Action,
    computer: Computer,
    sentence: str,
    verb: str,
    body: dict[str, Any],
    timeout: float,
    keep: Callable[[Client, ActionResult], Awaitable[Capture]],
) -> Capture:
    kept: Capture | None = None

    async def call(client: Client) -> ActionResult:
        nonlocal kept
        answer = await client.act(computer.upstream_id, verb, body, timeout=timeout)
        kept = await keep(client, answer)
        # The entry links to our copy; upstream's link is a key to the picture, and a page's HTML is large.
        return ActionResult(True, answer.status, "", {"capture": kept.name}, answer.request_id, answer.tab)

    step = {"type": "screenshot" if verb == "screenshot" else "get_html_content"}
    await perform(
        actor,
        action,
        computer,
        sentence,
        call,
        request=body,
        step=step,
        admission=admission(actor, action, computer),
    )
    assert kept is not None
    return kept


def _with_tab(body: dict[str, Any], tab: str) -> dict[str, Any]:
    return {**body, **({"tab_id": tab} if tab_id(tab) else {})}
