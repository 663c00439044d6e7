"""Does a team's chain hold? Reads all of it, in pieces, and finds the first row that does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dashboard.chain import GENESIS, Head, Walk, described
from dashboard.models import AuditChain, AuditEvent, Team
from dashboard.permissions import Action

#: Rows that are read at once.
PIECE = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken` is empty if the chain holds; `notes` are no findings, but worth knowing."""

    head: Head
    anchor: Head
    waiting: int
    broken: str = ""
    notes: list[str] = field(default_factory=list)


def head_of(team: Team) -> Head:
    """Where the team's chain ends now."""
    chain = AuditChain.objects.filter(team=team).first()
    return Head(chain.hash, chain.count) if chain else Head()


def verify(team: Team, exported: list[Head]) -> Verdict:
    """Follow the whole chain, and look whether each `exported` head is still in it."""
    while True:
        chain = AuditChain.objects.filter(team=team).first() or AuditChain(
            team=team, hash=GENESIS, pruned_hash=GENESIS
        )
        verdict = _followed(team, chain, exported)
        now = AuditChain.objects.filter(team=team).values_list("pruned_count", flat=True).first() or 0
        if not verdict.broken or now == chain.pruned_count:
            return verdict
        # Retention moved the anchor while this was reading: what it missed is no finding.


def _followed(team: Team, chain: AuditChain, exported: list[Head]) -> Verdict:
    anchor, end = Head(chain.pruned_hash, chain.pruned_count), Head(chain.hash, chain.count)
    walk, notes = Walk(anchor), list[str]()
    wanted: dict[int, set[str]] = {}
    for head in exported:
        wanted.setdefault(head.count, set()).add(head.hash)
    broken = _anchored(team, anchor)
    rows = _rows(team, anchor.count, end.count)
    while not broken:
        if other := wanted.get(walk.head.count, set()) - {walk.head.hash}:
            broken = (
                f"The log was rewritten: its row {walk.head.count} has not the exported hash {min(other)}."
            )
        elif row := next(rows, None):
            broken = walk.step(row)
        else:
            break
    broken = broken or _ended(walk.head, end) or _cut(walk.head, exported) or _beyond(team)
    if old := [head for head in exported if head.count < anchor.count]:
        notes.append(
            f"The exported head at {old[0].count} is older than what retention left; it proves nothing."
        )
    waiting = AuditEvent.objects.filter(team=team, chain_seq=None).count()
    return Verdict(walk.head, anchor, waiting, broken, notes)


def _rows(team: Team, after: int, last: int) -> Iterator[AuditEvent]:
    """The chained rows in their order, up to where the chain ended when this began; first one that stands before the
    anchor, if there is any: retention left none."""
    rows = AuditEvent.objects.filter(team=team)
    yield from rows.filter(chain_seq__lte=after).order_by("chain_seq")[:1]
    while piece := list(rows.filter(chain_seq__gt=after, chain_seq__lte=last).order_by("chain_seq")[:PIECE]):
        yield from piece
        after = piece[-1].chain_seq or 0


def _anchored(team: Team, anchor: Head) -> str:
    """Retention says in the log what it forgot; an anchor that it did not write hides rows."""
    if not anchor.count:
        return ""
    told = AuditEvent.objects.filter(team=team, action=Action.PRUNE_AUDIT.value)
    if any(row.detail.get("count") == anchor.count and row.detail.get("hash") == anchor.hash for row in told):
        return ""
    return f"The {anchor.count} oldest rows were deleted, and not by retention: no row of the log says that it did."


def _ended(reached: Head, end: Head) -> str:
    if reached.count < end.count:
        return f"The end was cut off: {end.count} rows were chained, and row {reached.count} is the last that is there."
    if reached.hash != end.hash:
        return (
            f"The chain ends with {end.hash}, but its last row, {reached.count}, has the hash {reached.hash}."
        )
    return ""


def _beyond(team: Team) -> str:
    """A row behind the chain's end was put there by nobody who chains. (The end is read after it, so it may grow.)"""
    last = AuditEvent.objects.filter(team=team).exclude(chain_seq=None).order_by("chain_seq").last()
    if last is None or (last.chain_seq or 0) <= head_of(team).count:
        return ""
    return f"{described(last)} was inserted behind the end of the chain."


def _cut(reached: Head, exported: list[Head]) -> str:
    for head in exported:
        if head.count > reached.count:
            missing = head.count - reached.count
            return (
                f"The end was cut off: the exported head counts {head.count} rows, and the last "
                f"{missing} of them {'is' if missing == 1 else 'are'} missing."
            )
    return ""
