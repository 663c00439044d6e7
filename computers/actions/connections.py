"""A team's connections: made, changed, tested, removed. The key is given, never told again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import IntegrityError, transaction

from computers.actions.allowed import permit
from computers.actions.base_urls import normalised
from computers.actions.refusal import Invalid, Refused
from computers.connections import access_of
from computers.models import Computer, Connection
from computers.removal import remove_rows
from computers.upstream import errors
from computers.upstream.client import Access, Client
from dashboard import live
from dashboard.audit import Target, recorded
from dashboard.database import unit
from dashboard.permissions import Action, Actor

#: The switches of a connection, by their column.
SWITCHES = ("streams_commands", "reads_events", "streams_tasks", "attaches_tasks")
#: Kinds of computer that the API knows (contract §3.1).
KINDS = ("browser", "desktop")
NAME_LIMIT = 80
#: Longest key, characters.
KEY_LIMIT = 500
#: Most connections of one team: each is listed every two seconds.
MOST_CONNECTIONS = 50
#: A test waits this long for the list of computers, seconds.
TEST_SECONDS = 10.0
#: Ten refused keys in ten minutes block our address at the real service (contract §1.1), the poller's included.
REFUSED_KEYS_MOST, REFUSED_KEYS_SECONDS = 5, 600

NO_ANSWER = f"The Lightcone service did not answer within {TEST_SECONDS:g} seconds, or broke off."
TOO_MANY_REFUSED = (
    f"{REFUSED_KEYS_MOST} keys were refused within ten minutes. Wait a few minutes before you test another: after ten "
    "the service would block this installation's address."
)
#: Which field caused what a test found.
FIELD_OF_ERROR: dict[type[errors.UpstreamError], str] = {
    errors.BadKey: "api_key",
    errors.Unreachable: "base_url",
    errors.NoAnswer: "base_url",
    errors.Gone: "base_url",
    errors.NotUnderstood: "base_url",
}


class Untested(Refused):
    """The test failed, so nothing was saved; `code` is the field that caused it, perhaps none. It may be saved all the
    same by whoever insists."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The form "Connection". An empty key keeps the one there is."""

    name: str
    base_url: str
    api_key: str = field(repr=False)
    kinds: tuple[str, ...]
    switches: dict[str, bool]

    def checked(self, before: Access | None) -> Wish:
        """This wish with its name and base URL made whole; `Invalid` for what cannot be. A base URL that stands already
        is no reason to refuse a switch."""
        name, key = self.name.strip(), self.api_key.strip()
        if not name or len(name) > NAME_LIMIT or not name.isprintable():
            raise Invalid(f"Give it a name of at most {NAME_LIMIT} characters, all of them visible.", "name")
        if not key and not (before and before.key):
            raise Invalid("Enter the key that the service gave you.", "api_key")
        if len(key) > KEY_LIMIT or not (key.isascii() and (key + "x").isprintable()) or " " in key:
            raise Invalid("That is not a key: it has letters, digits and signs, and no spaces.", "api_key")
        kinds = tuple(kind for kind in KINDS if kind in self.kinds)
        url = self.base_url.strip()
        if before is None or url != before.base_url:
            url = normalised(url)
        return Wish(name, url, key, kinds, self.switches)


def standing(connection: Connection) -> dict[str, bool]:
    """How its switches stand."""
    return {name: getattr(connection, name) for name in SWITCHES}


def target_of(connection: Connection) -> Target:
    """What the audit log copies of it."""
    return Target(connection.team_id, f"connection:{connection.pk}", connection.name)


async def add(actor: Actor, team_id: int, wish: Wish, *, untested: bool = False) -> Connection:
    """A new connection of the team. `Untested` if the service does not list its computers for it."""
    await permit(actor, Action.MANAGE_CONNECTIONS, team_id)
    wish = wish.checked(None)
    target = Target(team_id, "connection:new", wish.name)
    async with recorded(
        actor, Action.MANAGE_CONNECTIONS, target, verb="add", base_url=wish.base_url
    ) as found:
        found["tested"] = await _tested(team_id, Access(wish.base_url, wish.api_key), untested)
        made = await _create(team_id, wish)
        found["connection"] = made.pk
    return made


async def change(actor: Actor, connection: Connection, wish: Wish, *, untested: bool = False) -> None:
    """Save it; tested only where it points elsewhere or has a new key: a switch must not wait for a service that is
    away. Whoever works with it goes on with what is true now."""
    await permit(actor, Action.MANAGE_CONNECTIONS, connection.team_id)
    before = access_of(connection)
    wish = wish.checked(before)
    access = Access(wish.base_url, wish.api_key or before.key)
    if not wish.api_key and urlsplit(wish.base_url).netloc != urlsplit(before.base_url).netloc:
        # A key is its service's: sent elsewhere it would be given away, perhaps by somebody who may not read it.
        raise Invalid("Enter the key anew: the stored one belongs to the service it was made for.", "api_key")
    turned = {name: on for name, on in wish.switches.items() if on != getattr(connection, name)}
    told: dict[str, Any] = {"base_url": wish.base_url, "key": "new" if wish.api_key else "kept", **turned}
    if wish.name != connection.name:
        told["name"] = wish.name
    async with recorded(
        actor, Action.MANAGE_CONNECTIONS, target_of(connection), verb="change", **told
    ) as found:
        if access != before:
            found["tested"] = await _tested(connection.team_id, access, untested)
        await _save(connection, wish)


async def test(actor: Actor, connection: Connection) -> int:
    """Ask it for its computers now; how many there are. `Untested` with what is wrong."""
    await permit(actor, Action.MANAGE_CONNECTIONS, connection.team_id)
    async with recorded(actor, Action.MANAGE_CONNECTIONS, target_of(connection), verb="test") as found:
        found["computers"] = count = await _probe(connection.team_id, access_of(connection))
    return count


async def remove(actor: Actor, connection: Connection, named: str) -> None:
    """Forget it, and with it its computers, their timelines, captures and tasks. Nothing ends at the service."""
    await permit(actor, Action.MANAGE_CONNECTIONS, connection.team_id)
    if named.strip() != connection.name:
        raise Invalid("That is not its name. Nothing was removed.", "named")
    async with recorded(actor, Action.MANAGE_CONNECTIONS, target_of(connection), verb="remove") as found:
        found["computers"] = await remove_rows(connection.pk)


async def _tested(team_id: int, access: Access, untested: bool) -> str:
    """What the audit log says of the test; `Untested` if it failed and nobody insists."""
    try:
        return f"{await _probe(team_id, access)} computers"
    except Untested as failed:
        if not untested:
            raise
        return f"saved although: {failed}"


async def _probe(team_id: int, access: Access) -> int:
    counter = f"refused-keys-{team_id}"
    if int(await cache.aget(counter, 0)) >= REFUSED_KEYS_MOST:
        raise Untested(TOO_MANY_REFUSED, "api_key")
    client = Client(access)
    try:
        async with asyncio.timeout(TEST_SECONDS):
            return len(await client.list())
    except TimeoutError:
        raise Untested(NO_ANSWER, "base_url") from None
    except errors.UpstreamError as error:
        if isinstance(error, errors.BadKey):
            await cache.aadd(counter, 0, REFUSED_KEYS_SECONDS)
            await cache.aincr(counter)
        raise Untested(sentence_of(error), FIELD_OF_ERROR.get(type(error), "")) from None
    finally:
        await client.aclose()


def sentence_of(error: errors.UpstreamError) -> str:
    """What a failed listing means to whoever set the connection up."""
    match error:
        case errors.Gone():
            return errors.NO_LIST
        case errors.NotUnderstood():
            return f"{error} Is this the base URL of a Lightcone service?"
        case errors.NoAnswer():
            return NO_ANSWER
        case errors.OutOfCredit():
            return f"{error} The key is right; computers can be opened once the account has credit again."
    return str(error)


@unit
def _create(team_id: int, wish: Wish) -> Connection:
    if Connection.objects.filter(team_id=team_id).count() >= MOST_CONNECTIONS:
        raise Refused(f"A team has at most {MOST_CONNECTIONS} connections.", "too_many")
    made = Connection(team_id=team_id, api_key=wish.api_key)
    _write(made, wish)
    return made


@unit
def _save(connection: Connection, wish: Wish) -> None:
    _write(connection, wish)
    # Whoever looks or drives through this process or another asks again, and finds the new address and key.
    for id in Computer.objects.live().filter(connection=connection).values_list("public_id", flat=True):
        live.publish_on_commit(live.computer_group(id), live.AUTHORITY)


def _write(connection: Connection, wish: Wish) -> None:
    connection.name, connection.base_url, connection.kinds = wish.name, wish.base_url, list(wish.kinds)
    written = ["name", "base_url", "kinds", *wish.switches]
    if wish.api_key:
        connection.api_key = wish.api_key
        written.append("api_key")
    for name, on in wish.switches.items():
        setattr(connection, name, on)
    try:
        with transaction.atomic():
            if connection.pk:
                # Not the whole row: the poller writes its own columns meanwhile.
                connection.save(update_fields=written)
            else:
                connection.save()
    except IntegrityError:
        taken = f"Your team has a connection called “{wish.name}” already. Choose another name."
        raise Invalid(taken, "name") from None
