"""Rows follow the listing."""

from typing import Any

from computers.fleet.poller import INTERVAL, Poller
from computers.models import Computer, Connection
from dashboard import live
from dashboard.database import unit
from tests.computers.conftest import every_computer, fresh, fresh_connection, soon
from tests.computers.fleet.conftest import LISTED
from tests.computers.stub import Answer, Upstream


async def test_a_computer_started_elsewhere_appears_by_itself(poller: Poller, upstream: Upstream) -> None:
    upstream.lists(LISTED)
    assert await poller.round() == INTERVAL
    [row] = await every_computer()
    assert (row.upstream_id, row.kind, row.status) == ("comp_1", "browser", "RUNNING")
    assert row.cdp_path == "/computers/comp_1/cdp"
    assert row.expires_at and row.idle_expires_at and row.label == "browser comp_1"


async def test_the_team_hears_of_it_once(
    poller: Poller, upstream: Upstream, connection: Connection, hearing: Any
) -> None:
    upstream.lists(LISTED)
    async with hearing(live.team_group(connection.team_id)) as news:
        for _ in range(3):
            await poller.round()
        await soon(lambda: news)
    [row] = await every_computer()
    assert [each.payload for each in news] == [
        {"id": row.public_id, "version": 1, "team": connection.team_id}
    ]


async def test_a_changed_status_is_a_new_version(poller: Poller, upstream: Upstream) -> None:
    upstream.lists(LISTED)
    await poller.round()
    upstream.lists({**LISTED, "status": "PAUSED"})
    await poller.round()
    [row] = await every_computer()
    assert (row.status, row.version) == ("PAUSED", 2)


async def test_an_idle_limit_that_moves_a_little_is_no_news(poller: Poller, upstream: Upstream) -> None:
    upstream.lists(LISTED)
    await poller.round()
    upstream.lists({**LISTED, "idle_expires_at": "2099-05-24T13:07:47Z"})
    await poller.round()
    [row] = await every_computer()
    assert row.version == 1


async def test_an_idle_limit_that_moved_far_is(poller: Poller, upstream: Upstream) -> None:
    upstream.lists(LISTED)
    await poller.round()
    upstream.lists({**LISTED, "idle_expires_at": "2099-05-24T13:07:51Z"})
    await poller.round()
    [row] = await every_computer()
    assert row.version == 2
    assert row.idle_expires_at and row.idle_expires_at.second == 51


async def test_what_an_answer_leaves_out_stays_as_it_was(poller: Poller, upstream: Upstream) -> None:
    upstream.lists(LISTED)
    await poller.round()
    upstream.lists({"id": "comp_1"})
    await poller.round()
    [row] = await every_computer()
    assert (row.version, row.status, row.cdp_path) == (1, "RUNNING", "/computers/comp_1/cdp")
    assert row.expires_at


async def test_a_name_given_here_stays(poller: Poller, upstream: Upstream, make_computer: Any) -> None:
    named: Computer = await unit(make_computer)(upstream_id="comp_1", name="checkout-1")
    upstream.lists(LISTED)
    await poller.round()
    row = await fresh(named)
    assert (row.name, row.status) == ("checkout-1", "RUNNING")


async def test_text_that_no_column_holds_spoils_nothing_else(poller: Poller, upstream: Upstream) -> None:
    odd = {
        "id": "comp_2",
        "status": "R\0UNNING" + "x" * 100,
        "kind": "k" * 99,
        "endpoints": {"cdp": "/" * 999},
    }
    upstream.lists({"id": "x" * 200}, {"id": "a\0b"}, odd, LISTED)
    await poller.round()
    rows = await every_computer()
    assert [row.upstream_id for row in rows] == ["comp_2", "comp_1"]
    assert rows[0].cdp_path == ""


async def test_the_older_form_of_a_list_is_understood(poller: Poller, upstream: Upstream) -> None:
    upstream.says("GET", "/computers", Answer(body={"data": [LISTED]}))
    await poller.round()
    assert len(await every_computer()) == 1


async def test_a_good_listing_is_noted(poller: Poller, upstream: Upstream, connection: Connection) -> None:
    upstream.lists()
    await poller.round()
    row = await fresh_connection(connection)
    assert row.listed_at and row.trouble == ""


async def test_the_same_id_on_another_connection_is_another_computer(
    poller: Poller, upstream: Upstream, connection: Connection, make_computer: Any
) -> None:
    other = await unit(Connection.objects.create)(
        team_id=connection.team_id, name="Other", base_url="http://127.0.0.1:9", api_key="sk_other"
    )
    await unit(make_computer)(upstream_id="comp_1", connection=other, status="theirs")
    upstream.lists(LISTED)
    await poller.round()
    assert [row.status for row in await every_computer()] == ["theirs", "RUNNING"]
