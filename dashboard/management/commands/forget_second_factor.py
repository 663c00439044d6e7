"""`manage.py forget_second_factor <name>`: for somebody who has lost their app, their passkeys and their codes."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.audit import recorded
from dashboard.members import target_of
from dashboard.models import Team, User
from dashboard.permissions import Action


class Command(BaseCommand):
    help = (
        "Takes every second factor from an account: its password alone signs it in until it sets one up anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the account's username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get(username=options["name"])
        except User.DoesNotExist:
            raise CommandError("There is no such account.") from None
        for team in user.teams.all():
            async_to_sync(_noted)(team, user.display_name)
        for each in Authenticator.objects.filter(user=user):
            each.delete()
        self.stdout.write(f"{user.username} has no second factor any more.")


async def _noted(team: Team, name: str) -> None:
    told = {"member": name, "verb": "forget_second_factor"}
    async with recorded(None, Action.MANAGE_MEMBERS, target_of(team), admission=None, **told):
        pass
