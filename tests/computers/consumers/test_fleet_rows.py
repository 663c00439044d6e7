"""The wall's socket sends rows as the wall itself renders them."""

import asyncio
from typing import Any

import pytest

from computers import records
from computers.actions import control
from computers.fleet import claims
from computers.fragments import wall_fact
from computers.models import Computer
from dashboard import live
from dashboard.models import User
from dashboard.permissions import Actor
from tests.computers.conftest import fresh
from tests.support.sockets import sign_in

from .conftest import wall


async def test_a_page_learns_the_versions_when_its_socket_listens(vera: User, computer: Computer) -> None:
    async with wall(await sign_in(vera)) as socket:
        assert await socket.next() == {"type": "versions", "versions": {f"computer:{computer.public_id}": 0}}


async def test_a_changed_computer_comes_as_its_row(vera: User, computer: Computer) -> None:
    async with wall(await sign_in(vera)) as socket:
        await socket.next_of("versions")
        await records.touch(computer.pk)
        fact = await socket.next_of("fact")
    assert (fact["key"], fact["version"]) == (f"computer:{computer.public_id}", 1)
    assert "checkout-1" in fact["html"] and f'data-fact="computer:{computer.public_id}"' in fact["html"]


async def test_the_row_says_who_drives(vera: User, as_bob: Actor, computer: Computer) -> None:
    async with wall(await sign_in(vera)) as socket:
        await socket.next_of("versions")
        await control.take(as_bob, await fresh(computer))
        assert "Bob drives" in (await socket.next_of("fact"))["html"]


async def test_each_role_gets_its_own_buttons(vera: User, bob: User, computer: Computer) -> None:
    async with wall(await sign_in(vera)) as viewers, wall(await sign_in(bob)) as operators:
        for socket in (viewers, operators):
            await socket.next_of("versions")
        await records.touch(computer.pk)
        shown = [("Terminate" in (await socket.next_of("fact"))["html"]) for socket in (viewers, operators)]
    assert shown == [False, True]


async def test_a_burst_becomes_two_rows_and_the_last_one_is_the_newest(
    vera: User, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("computers.consumers.fleet.ROW_EVERY", 2.0)
    async with wall(await sign_in(vera)) as socket:
        await socket.next_of("versions")
        for _ in range(10):
            await records.touch(computer.pk)
        first, second = await socket.next_of("fact"), await socket.next_of("fact")
        assert await socket.silent()
    assert (await fresh(computer)).version == second["version"] == 10 > first["version"]


async def test_many_walls_cost_one_rendering_for_each_role(
    vera: User, computer: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[Any] = []

    async def counted(*key: Any) -> Any:
        rendered.append(key)
        return await wall_fact(*key)

    monkeypatch.setattr("computers.consumers.facts.wall_fact", counted)
    session = await sign_in(vera)
    async with wall(session) as first, wall(session) as second, wall(session) as third:
        sockets = (first, second, third)
        for socket in sockets:
            await socket.next_of("versions")
        await records.touch(computer.pk)
        await asyncio.gather(*(socket.next_of("fact") for socket in sockets))
    assert len(rendered) == 1


async def test_a_stranger_hears_nothing(charlie: User, computer: Computer) -> None:
    async with wall(await sign_in(charlie)) as socket:
        assert await socket.next() == {"type": "versions", "versions": {}}
        await records.touch(computer.pk)
        assert await socket.silent()


async def test_a_wall_of_one_team_hears_of_that_team_only(
    charlie: User, alice: User, computer: Computer
) -> None:
    async with wall(await sign_in(alice), "?team=home") as socket:
        await socket.next_of("versions")
        await records.touch(computer.pk)
        assert await socket.next_of("fact")
    async with wall(await sign_in(alice), "?team=elsewhere") as socket:
        assert await socket.code() == 4003


async def test_a_connections_trouble_comes_and_goes(vera: User, computer: Computer) -> None:
    async with wall(await sign_in(vera)) as socket:
        await socket.next_of("versions")
        await claims.note_trouble(computer.connection_id, "The Lightcone service cannot be reached.")
        came = await socket.next_of("fact")
        await claims.note_trouble(computer.connection_id, "")
        went = await socket.next_of("fact")
    assert came["key"] == "troubles" and "cannot be reached" in came["html"]
    assert "cannot be reached" not in went["html"] and went["version"] > came["version"]


@pytest.mark.parametrize("text", ["nonsense", "[]", "7", '{"type": "watch"}', '{"type": ["ping"]}'])
async def test_what_it_does_not_understand_is_answered_and_not_acted_on(
    vera: User, computer: Computer, text: str
) -> None:
    async with wall(await sign_in(vera)) as socket:
        await socket.next_of("versions")
        await socket.send(text)
        assert (await socket.next())["code"] == "malformed"
        await socket.send('{"type": "ping"}')
        assert (await socket.next())["type"] == "pong"


async def test_a_flood_closes_it(vera: User, computer: Computer) -> None:
    async with wall(await sign_in(vera)) as socket:
        for _ in range(40):
            await socket.send("nonsense")
        assert await socket.code() == 4008


async def test_news_of_an_unknown_kind_are_left_out_and_a_computer_that_is_no_more_leaves_the_page(
    vera: User, computer: Computer
) -> None:
    async with wall(await sign_in(vera)) as socket:
        await socket.next_of("versions")
        team = (await fresh(computer)).connection.team_id
        await live.publish(live.team_group(team), "something new", id="x")
        await live.publish(live.team_group(team), records.NEWS, id="no-such", version=1, team=team)
        fact = await socket.next()
    assert fact == {"type": "fact", "key": "computer:no-such", "version": 1, "html": ""}
