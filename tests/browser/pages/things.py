"""What the pages of `places.py` show, made once in the tests' own stack."""

from __future__ import annotations

import json
from typing import Any

from tests.support.prepared import PASSWORD
from tests.support.stack import Stack

#: Makes it, where it is not there yet, and prints the ids that stand in addresses. Frida's passkey has a real public
#: key, and nobody who could sign with it.
MAKE = """
import json, hashlib
from datetime import timedelta
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import encrypt
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData)
from agents.models import Task
from computers.macros.steps import dumped
from computers.models import Computer, Connection, Macro
from dashboard.models import Invitation, Membership, Team, User

home = Team.objects.order_by("pk")[0]

def person(name, team=None, role="", password={password!r}):
    user, made = User.objects.get_or_create(username=name, defaults=dict(first_name=name.title()))
    if made:
        user.set_password(password)
        user.save()
        if role:
            Membership.objects.create(user=user, team=team, role=role)
    return user

def passkey(user):
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid(bytes(16)), b"frida's passkey", public)
    data = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), 0x45, 0, held)
    said = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    answer = {{"clientDataJSON": websafe_encode(said),
               "attestationObject": websafe_encode(AttestationObject.create("none", data, {{}}))}}
    id = websafe_encode(held.credential_id)
    credential = {{"id": id, "rawId": id, "type": "public-key", "response": answer}}
    return Authenticator.objects.create(
        user=user, type="webauthn", data={{"name": "Laptop", "credential": credential}})

frida = person("frida", home, "operator")
key = Authenticator.objects.filter(user=frida, type="webauthn").first() or passkey(frida)
if not Authenticator.objects.filter(user=frida, type="totp").exists():
    Authenticator.objects.create(user=frida, type="totp", data={{"secret": encrypt("JBSWY3DPEHPK3PXP")}})
RecoveryCodes.activate(frida)
strict, _ = Team.objects.get_or_create(
    slug="strict", defaults=dict(name="Strict", requires_second_factor=True))
person("gus", strict, "operator", password=None)
nothing, _ = Team.objects.get_or_create(slug="nothing", defaults=dict(name="Nothing yet"))
person("ella", nothing, "owner")
macro, _ = Macro.objects.get_or_create(
    team=home, name="Policy", defaults=dict(steps=dumped([{{"type": "wait", "ms": 1}}])))
connection = Connection.objects.order_by("pk")[0]
task, _ = Task.objects.get_or_create(
    connection=connection, instruction="Look at the shop",
    defaults=dict(started_by_name="Ada", wish={{}}, state="lost", finished_at=timezone.now(),
                  computer=Computer.objects.get(public_id={computer!r})))
token = "a token of the tests"
Invitation.objects.get_or_create(
    token_hash=hashlib.sha256(token.encode()).hexdigest(),
    defaults=dict(team=home, role="viewer", expires_at=timezone.now() + timedelta(days=1)))
print("made", json.dumps({{
    "macro": macro.pk, "connection": connection.pk, "task": task.public_id, "passkey": key.pk,
    "vera": User.objects.get(username="vera").pk, "alice": User.objects.get(username="alice").pk,
    "invitation": token}}))
"""


def made(stack: Stack, checkout: str, people: dict[str, str]) -> dict[str, Any]:
    """The ids by the names that addresses have for them; everybody is signed in."""
    computer = checkout.rstrip("/").rpartition("/")[2]
    stack.cookie()
    lines = stack.manage("shell", "-c", MAKE.format(password=PASSWORD, computer=computer))
    line = next(line for line in lines if line.startswith("made "))
    stack.sign_in(people)
    return {"computer": computer, **json.loads(line.removeprefix("made "))}
