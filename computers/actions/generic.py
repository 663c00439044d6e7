"""Any action as JSON, and a command as the service's debug endpoint runs it (deprecated there, but still offered)."""

from __future__ import annotations

from typing import Any

from computers.actions import inputs
from computers.actions import steps as actions
from computers.actions.allowed import admit
from computers.actions.edges import check_place, note_size, scale_of, screen_of
from computers.actions.noting import KEPT_COMMAND, name_of, noted, repeatable, secrets_of
from computers.actions.page_errors import explained
from computers.actions.perform import Done, perform
from computers.actions.places import in_css_pixels
from computers.actions.recording import keepable
from computers.actions.refusal import Invalid
from computers.models import Computer, Kind
from computers.upstream.errors import ActionFailed
from computers.upstream.verbs import DEBUG_LIMIT, DEBUG_MARGIN
from dashboard.permissions import Action, Actor

#: Longest command, characters; longest run, seconds; most output, bytes.
COMMAND_LIMIT = 8000
RUN_LIMIT = 3600
OUTPUT_LIMIT = 64 * 1024


async def execute(actor: Actor, computer: Computer, action: dict[str, Any]) -> Done:
    """`POST /execute`: one action of contract §2.5, whatever it is."""
    await admit(actor, Action.EXECUTE, computer)
    action = actions.checked(action)
    check_place(action, screen_of(computer, inputs.tab_id(action.get("tab_id"))), "action")
    typed = action["text"] if action["type"] == "type" else ""
    name = name_of(action)
    try:
        done = await perform(
            actor,
            Action.EXECUTE,
            computer,
            f"executed {name}",
            lambda client: client.execute(computer.upstream_id, action),
            request={"action": noted(action)},
            step=repeatable(in_css_pixels(action, scale_of(computer))),
            typed=await keepable(actor, computer, typed, inputs.tab_id(action.get("tab_id")))
            if typed
            else "",
            secrets=secrets_of(action),
            type=name,
        )
    except ActionFailed as error:
        raise explained(error) from error
    await note_size(computer, action)
    return done


async def debug(
    actor: Actor, computer: Computer, command: str, seconds: int = DEBUG_LIMIT, tab: str = ""
) -> Done:
    """`POST /debug`: a shell command; its limit is `seconds`, ours a little more."""
    await admit(actor, Action.DEBUG, computer)
    command = _command(command)
    seconds = inputs.whole(seconds, "timeout_seconds", "The time limit", 1, RUN_LIMIT)
    body = {"command": command, "timeout_seconds": seconds, "max_output_length": OUTPUT_LIMIT}
    if inputs.tab_id(tab):
        body["tab_id"] = tab
    return await perform(
        actor,
        Action.DEBUG,
        computer,
        "ran a debug command",
        lambda client: client.act(computer.upstream_id, "debug", body, timeout=seconds + DEBUG_MARGIN),
        kind=Kind.COMMAND,
        request={"command": command[:KEPT_COMMAND], "timeout_seconds": seconds},
        command=command[:KEPT_COMMAND],
    )


def _command(command: str) -> str:
    if not isinstance(command, str) or not command.strip():
        raise Invalid("Please enter a command.", "command")
    if len(command) > COMMAND_LIMIT:
        raise Invalid(f"A command has at most {COMMAND_LIMIT} characters.", "command")
    return inputs.text(command, "command", "The command")
