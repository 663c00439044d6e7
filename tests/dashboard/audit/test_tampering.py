"""Whoever can write to the database cannot hide it: the first broken row is named, and the command ends with 1."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dashboard.chain import GENESIS, Head, hash_of
from dashboard.database import unit
from dashboard.models import AuditChain, AuditEvent, Team
from dashboard.verification import head_of, verify
from tests.dashboard.audit.conftest import Write, chained

pytestmark = pytest.mark.usefixtures("small_batches")

COUNT = 10


@pytest.fixture
async def kept(team: Team, write: Write) -> Head:
    """Ten chained rows; the head that was exported then."""
    await unit(write)(COUNT)
    return (await chained(team)).head


def row(seq: int) -> AuditEvent:
    return AuditEvent.objects.get(chain_seq=seq)


def rows(*places: int) -> object:
    return AuditEvent.objects.filter(chain_seq__in=places)


def _change(**fields: object) -> Callable[[], object]:
    return lambda: AuditEvent.objects.filter(chain_seq=4).update(**fields)


def _swap(first: int, second: int) -> None:
    """The two rows change their places, with all that is said of a place."""
    one, other = row(first), row(second)
    said = [(each.chain_seq, each.previous_hash, each.hash) for each in (one, other)]
    AuditEvent.objects.filter(pk=one.pk).update(chain_seq=None)
    for each, (seq, previous, hash) in ((other, said[0]), (one, said[1])):
        AuditEvent.objects.filter(pk=each.pk).update(chain_seq=seq, previous_hash=previous, hash=hash)


def _insert(after: int) -> None:
    """A row that looks right by itself takes the next place; those behind it move on by one."""
    for seq in range(COUNT, after, -1):
        AuditEvent.objects.filter(chain_seq=seq).update(chain_seq=seq + 1)
    before = row(after)
    forged = row(after)
    forged.pk = None
    forged.action_id, forged.chain_seq, forged.previous_hash = "f" * 32, after + 1, before.hash
    forged.save()
    AuditEvent.objects.filter(pk=forged.pk).update(hash=hash_of(forged, after + 1, before.hash))
    AuditChain.objects.update(count=COUNT + 1)


def _rewrite(start: int) -> None:
    """All hashes from there on are made anew, and the end too: only an exported head can tell."""
    AuditEvent.objects.filter(chain_seq=start).update(actor_name="Nobody")
    previous = row(start - 1).hash if start > 1 else GENESIS
    for seq in range(start, COUNT + 1):
        hash = hash_of(row(seq), seq, previous)
        AuditEvent.objects.filter(chain_seq=seq).update(previous_hash=previous, hash=hash)
        previous = hash
    AuditChain.objects.update(hash=previous)


def _truncate(to: int) -> None:
    """The newest rows are gone, and the end says so."""
    AuditEvent.objects.filter(chain_seq__gt=to).delete()
    AuditChain.objects.update(count=to, hash=row(to).hash)


CHANGED = "row 4 (number"
#: What was done → how the sentence begins or what it holds.
TAMPERED: dict[str, tuple[Callable[[], object], str]] = {
    "another name": (_change(actor_name="Alice"), "was changed"),
    "another outcome": (_change(outcome="failed"), "was changed"),
    "another time": (_change(at="2020-01-01T00:00:00Z"), "was changed"),
    "another detail": (_change(detail={"x": 1}), "was changed"),
    "another address": (_change(actor_address=""), "was changed"),
    "another hash": (_change(hash="a" * 64), "was changed"),
    "another predecessor": (_change(previous_hash="a" * 64), "was inserted or moved"),
    "deleted": (lambda: rows(4).delete(), "Row 4 of the chain was deleted"),  # type: ignore[attr-defined]
    "several deleted": (lambda: rows(4, 5, 6).delete(), "Rows 4 to 6 of the chain were deleted"),  # type: ignore[attr-defined]
    "first deleted": (lambda: rows(1).delete(), "Row 1 of the chain was deleted"),  # type: ignore[attr-defined]
    "unchained": (_change(chain_seq=None), "Row 4 of the chain was deleted"),
    "swapped": (lambda: _swap(4, 5), "row 4 (number"),
    "inserted": (lambda: _insert(4), "was inserted or moved"),
    "last deleted": (lambda: rows(COUNT).delete(), "The end was cut off"),  # type: ignore[attr-defined]
    "end forgotten": (lambda: AuditChain.objects.all().delete(), "inserted behind the end"),
    "end changed": (lambda: AuditChain.objects.update(hash="a" * 64), "The chain ends with"),
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_what_was_touched_is_found_by_the_chain_alone(team: Team, kept: Head, name: str) -> None:
    tamper, said = TAMPERED[name]
    assert (await unit(verify)(team, [])).broken == ""
    await unit(tamper)()
    broken = (await unit(verify)(team, [])).broken
    assert said in broken
    if said.startswith("was changed"):
        assert broken.startswith(CHANGED) and "computer.click checkout-1" in broken


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda: _truncate(7), "the last 3 of them are missing"),
        (lambda: _truncate(9), "the last 1 of them is missing"),
        (lambda: _rewrite(4), f"its row {COUNT} has not the exported hash"),
        (lambda: _rewrite(1), f"its row {COUNT} has not the exported hash"),
        (lambda: (AuditEvent.objects.all().delete(), AuditChain.objects.all().delete()), "are missing"),
    ],
)
async def test_what_the_chain_cannot_tell_an_exported_head_does(
    team: Team, kept: Head, tamper: Callable[[], object], said: str
) -> None:
    await unit(tamper)()
    assert (await unit(verify)(team, [])).broken == ""
    assert said in (await unit(verify)(team, [kept])).broken


async def test_an_old_head_holds_while_the_chain_grows(team: Team, kept: Head, write: Write) -> None:
    await unit(write)(5)
    verdict = await chained(team, kept)
    assert (verdict.broken, verdict.head.count) == ("", COUNT + 5)


# --- the command ----------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command("audit", *arguments, stdout=said, stderr=said)
    return said.getvalue()


def failing(*arguments: str) -> str:
    """What it says when it ends with 1."""
    said = io.StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("audit", *arguments, stdout=said, stderr=said)
    assert ended.value.returncode == 1
    return f"{said.getvalue()}{ended.value}"


async def test_the_command_says_that_it_holds_and_its_head_is_what_it_takes(
    team: Team, kept: Head, tmp_path: Path
) -> None:
    assert await unit(run)("head") == f"home {kept}\n"
    assert await unit(run)("verify") == f"home: {COUNT} rows hold. Head {kept}\n"
    file = tmp_path / "heads"
    file.write_text(await unit(run)("head"), encoding="utf-8")
    for head in (str(kept), str(file)):
        assert "hold" in await unit(run)("verify", "--team", "home", "--head", head)
    assert "hold" in await unit(run)("verify", "--head", str(file))


async def test_the_command_names_the_broken_row_and_fails(team: Team, kept: Head) -> None:
    await unit(_change(actor_name="Alice"))()
    said = await unit(failing)("verify")
    assert "home: row 4 (number" in said and "was changed" in said
    assert "The audit log does not hold: home." in said


async def test_the_command_finds_a_cut_end_by_the_head(team: Team, kept: Head) -> None:
    await unit(_truncate)(7)
    assert "hold" in await unit(run)("verify")
    assert "are missing" in await unit(failing)("verify", "--team", "home", "--head", str(kept))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "--team", "nowhere"), "There is no team “nowhere”."),
        (("verify", "--head", "abc:3"), "“abc:3” is no head"),
        (("verify", "--head", f"{'a' * 64}:-3"), "is no head"),
    ],
)
def test_the_command_says_what_it_cannot_use(team: Team, arguments: tuple[str, ...], said: str) -> None:
    assert said in failing(*arguments)


async def test_a_head_of_a_team_that_is_gone_is_not_passed_over(
    team: Team, kept: Head, tmp_path: Path
) -> None:
    file = tmp_path / "heads"
    file.write_text(f"home {kept}\ngone {kept}\n", encoding="utf-8")
    assert "No team is called gone" in await unit(failing)("verify", "--head", str(file))


async def test_a_team_without_rows_has_a_head_of_its_own(team: Team) -> None:
    assert await unit(head_of)(team) == Head(GENESIS, 0)
    assert (await unit(verify)(team, [Head()])).broken == ""
