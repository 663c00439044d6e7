"""`manage.py audit verify` and `manage.py audit head`: whether anybody touched the audit log, and its end, to be kept
elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.chain import Head
from dashboard.models import Team
from dashboard.verification import head_of, verify


class Command(BaseCommand):
    help = "Verifies the audit log's chain, or prints its head."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        verifying = what.add_parser("verify", help="Follow the chain; the first broken row ends it with 1.")
        verifying.add_argument("--team", metavar="SLUG", help="only this team's")
        verifying.add_argument(
            "--head", metavar="HASH:COUNT", help="a head that was exported, or a file of `audit head`"
        )
        heading = what.add_parser("head", help="Print the head of each team: `slug hash:count`.")
        heading.add_argument("--team", metavar="SLUG", help="only this team's")

    def handle(self, *args: Any, **options: Any) -> None:
        teams = _teams(options["team"])
        if options["what"] == "head":
            for team in teams:
                self.stdout.write(f"{team.slug} {head_of(team)}")
            return
        heads = _heads(options["head"], teams) if options["head"] else {}
        if options["team"]:
            # A file may hold the heads of other teams too.
            heads = {slug: each for slug, each in heads.items() if slug == options["team"]}
        broken = [team.slug for team in teams if not self._holds(team, heads.pop(team.slug, []))]
        if heads:
            raise CommandError(
                f"No team is called {', '.join(sorted(heads))}, though a head of it was exported."
            )
        if broken:
            raise CommandError(f"The audit log does not hold: {', '.join(broken)}.")

    def _holds(self, team: Team, exported: list[Head]) -> bool:
        verdict = verify(team, exported)
        for note in verdict.notes:
            self.stdout.write(f"{team.slug}: {note}")
        if verdict.broken:
            self.stderr.write(f"{team.slug}: {verdict.broken}")
            return False
        rows = verdict.head.count - verdict.anchor.count
        said = [f"{team.slug}: {rows} rows hold"]
        if verdict.anchor.count:
            said.append(f"{verdict.anchor.count} before them were forgotten by retention")
        if verdict.waiting:
            said.append(f"{verdict.waiting} are not chained yet")
        self.stdout.write(f"{'; '.join(said)}. Head {verdict.head}")
        return True


def _teams(slug: str | None) -> list[Team]:
    teams = list(Team.objects.filter(slug=slug) if slug else Team.objects.order_by("slug"))
    if slug and not teams:
        raise CommandError(f"There is no team “{slug}”.")
    return teams


def _heads(given: str, teams: list[Team]) -> dict[str, list[Head]]:
    """By team: of one `hash:count`, which must be of the one team, or of a file's lines `slug hash:count`."""
    path = Path(given)
    try:
        if not path.is_file():
            if len(teams) != 1:
                raise CommandError("A single head is one team's: say which with --team.")
            return {teams[0].slug: [Head.read(given)]}
        found: dict[str, list[Head]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                slug, _, head = line.strip().partition(" ")
                found.setdefault(slug, []).append(Head.read(head))
    except (ValueError, OSError) as error:
        raise CommandError(str(error)) from None
    return found
