"""The keyboard over REST. What is typed reaches upstream and nothing else: no log, no entry, no answer."""

from __future__ import annotations

from typing import Any

from computers.actions import inputs, pressed
from computers.actions.allowed import admission, admit
from computers.actions.noting import is_character, key_secrets, repeatable, secrets_of, shown_key, shown_keys
from computers.actions.perform import Done, perform
from computers.actions.recording import keepable
from computers.models import Computer
from computers.upstream.errors import Refused
from computers.upstream.verbs import INPUT_TIMEOUT, TYPE_TIMEOUT
from dashboard.permissions import Action, Actor


async def type_text(actor: Actor, computer: Computer, text: str, tab: str = "") -> Done:
    """`POST /type` into whatever has the focus."""
    await admit(actor, Action.TYPE, computer)
    text, tab = inputs.text(text), inputs.tab_id(tab)
    count = f"{len(text)} character{'s' if len(text) != 1 else ''}"
    return await perform(
        actor,
        Action.TYPE,
        computer,
        f"typed {count}",
        lambda client: client.act(computer.upstream_id, "type", _with(tab, text=text), timeout=TYPE_TIMEOUT),
        request=_with(tab, text=f"({count})"),
        step={"type": "type"},
        typed=await keepable(actor, computer, text, tab),
        secrets=secrets_of({"type": "type", "text": text}),
        characters=len(text),
    )


async def hotkey(actor: Actor, computer: Computer, keys: str | list[str], tab: str = "") -> Done:
    """`POST /hotkey`: pressed together, released together."""
    keys, tab = inputs.keys(keys), inputs.tab_id(tab)
    kept = shown_keys(keys)
    shown = "a character" if kept is None else "+".join(kept)
    return await perform(
        actor,
        Action.HOTKEY,
        computer,
        f"pressed {shown}",
        lambda client: client.act(
            computer.upstream_id, "hotkey", _with(tab, keys=keys), timeout=INPUT_TIMEOUT
        ),
        request=_with(tab, keys=kept or [shown]),
        step=repeatable({"type": "keypress", "keys": keys}),
        secrets=sorted(key_secrets(keys), key=len, reverse=True),
        admission=admission(actor, Action.HOTKEY, computer),
        keys=shown,
    )


async def key_down(actor: Actor, computer: Computer, key: str, tab: str = "") -> Done:
    """`POST /key-down`: it stays pressed; it is noted, so that whoever stops driving lets go of it."""
    await admit(actor, Action.KEY_DOWN, computer)
    key, tab = inputs.key(key), inputs.tab_id(tab)
    await pressed.note_key(actor, computer, key, tab)
    try:
        return await _key(actor, Action.KEY_DOWN, computer, "key-down", key, tab, "holds {} down")
    except Refused:
        # It is no key: nothing is held, and what was called one is kept nowhere.
        await pressed.forget_key(actor, computer, key)
        raise


async def key_up(actor: Actor, computer: Computer, key: str, tab: str = "") -> Done:
    """`POST /key-up`."""
    await admit(actor, Action.KEY_UP, computer)
    key, tab = inputs.key(key), inputs.tab_id(tab)
    done = await _key(actor, Action.KEY_UP, computer, "key-up", key, tab, "let go of {}")
    await pressed.forget_key(actor, computer, key)
    return done


async def _key(
    actor: Actor, action: Action, computer: Computer, verb: str, key: str, tab: str, told: str
) -> Done:
    shown = "a character" if is_character(key) else shown_key(key)
    return await perform(
        actor,
        action,
        computer,
        told.format(shown),
        lambda client: client.act(computer.upstream_id, verb, _with(tab, key=key), timeout=INPUT_TIMEOUT),
        request=_with(tab, key=shown),
        step=repeatable({"type": verb.replace("-", "_"), "key": key}),
        secrets=sorted(key_secrets([key]), key=len, reverse=True),
        key=shown,
    )


def _with(tab: str, **body: Any) -> dict[str, Any]:
    return {**body, **({"tab_id": tab} if tab else {})}
