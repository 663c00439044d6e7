"""Who gets in, and how often one may try."""

from __future__ import annotations

import pytest
from django.test import AsyncClient, Client

from dashboard.models import User
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"login": login, "password": password}).status_code


@pytest.mark.parametrize("login", ["alice", "alice@lightdeck.example"])
def test_name_or_address_and_password_let_one_in(client: Client, alice: User, login: str) -> None:
    assert sign_in(client, login) == 302
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_a_wrong_password_does_not(client: Client, alice: User) -> None:
    assert sign_in(client, "alice", "wrong") == 200
    assert "_auth_user_id" not in client.session


def test_a_person_who_was_deactivated_stays_out(client: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    sign_in(client, "alice")
    assert "_auth_user_id" not in client.session


def test_guessing_is_stopped_even_with_the_right_password_at_last(client: Client, alice: User) -> None:
    for _ in range(5):
        sign_in(client, "alice", "wrong")
    sign_in(client, "alice")
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up_by_himself(client: Client, transactional_db: None) -> None:
    fields = {
        "username": "mallory",
        "email": "m@evil.example",
        "password1": "a long password",
        "password2": "",
    }
    answer = client.post("/accounts/signup/", fields)
    assert not User.objects.exists()
    assert b"Traceback" not in answer.content


def test_signing_out_needs_a_post(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.get("/accounts/logout/")
    assert "_auth_user_id" in client.session
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session


def test_no_page_elsewhere_is_gone_to_after_signing_in(client: Client, alice: User) -> None:
    answer = client.post(f"{LOGIN}?next=https://evil.example/", {"login": "alice", "password": PASSWORD})
    assert answer["Location"] == "/"


async def test_a_stranger_is_sent_to_the_sign_in_page(
    async_client: AsyncClient, transactional_db: None
) -> None:
    answer = await async_client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


def test_a_form_without_its_token_gets_a_calm_page(alice: User) -> None:
    answer = Client(enforce_csrf_checks=True).post(LOGIN, {"login": "alice", "password": PASSWORD})
    assert answer.status_code == 403
    assert b"out of date" in answer.content
