"""Keys are rotated: everything stored is encrypted with the first one, and the old one may go."""

from __future__ import annotations

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.test import Client
from pytest_django.fixtures import Settings

from computers.models import Computer, Connection, Kind, Macro, RecordedText, TimelineEvent
from dashboard.models import Team, User
from dashboard.rotation import encrypted_columns


def rotate() -> str:
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_every_secret_is_known_to_it() -> None:
    found = {(model.__name__, name) for model, name in encrypted_columns()}
    assert found >= {("Connection", "api_key"), ("Macro", "steps"), ("RecordedText", "text")}


def test_afterwards_the_first_key_alone_reads_everything(
    team: Team,
    connection: Connection,
    computer: Computer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dashboard.rotation.BITE", 2)
    for number in range(1, 6):
        Macro.objects.create(team=team, name=f"m{number}", steps=f"[{number}]")
        event = TimelineEvent.objects.create(
            computer=computer, number=number, kind=Kind.INPUT, sentence="typed"
        )
        RecordedText.objects.create(event=event, text=f"hush {number}")
    fresh = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [fresh, *settings.FIELD_ENCRYPTION_KEYS]
    assert "RecordedText.text: 5 encrypted anew" in rotate()
    settings.FIELD_ENCRYPTION_KEYS = [fresh]
    assert Connection.objects.get().api_key == "sk_test"
    assert {macro.steps for macro in Macro.objects.all()} == {f"[{number}]" for number in range(1, 6)}
    assert {each.text for each in RecordedText.objects.all()} == {f"hush {number}" for number in range(1, 6)}


def test_what_no_key_reads_is_named_and_left_as_it_is(
    connection: Connection, team: Team, settings: Settings
) -> None:
    Macro.objects.create(team=team, name="m", steps="[]")
    lost, fresh = settings.FIELD_ENCRYPTION_KEYS, [Fernet.generate_key().decode()]
    settings.FIELD_ENCRYPTION_KEYS = fresh
    Macro.objects.create(team=team, name="n", steps="[1]")
    with pytest.raises(CommandError, match="2 secrets could not be read"):
        rotate()
    settings.FIELD_ENCRYPTION_KEYS = lost
    assert Connection.objects.get().api_key == "sk_test"


def test_a_connection_whose_key_nobody_can_read_is_still_shown_and_mended(
    connection: Connection, computer: Computer, alice: User, client: Client, settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    for address in (
        "/",
        f"/computers/{computer.public_id}/",
        "/team/home/",
        f"/team/home/connections/{connection.pk}/",
    ):
        assert client.get(address).status_code == 200, address
    row = Connection.objects.get()
    row.save()  # a row that is saved for another reason keeps its ciphertext
    with database.cursor() as cursor:
        cursor.execute("SELECT api_key FROM computers_connection")
        assert len(cursor.fetchone()[0]) > 50
