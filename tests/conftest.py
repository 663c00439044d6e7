"""What every test may ask for: the cast, their team and computers, running programs, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db.models.signals import post_migrate
from playwright.async_api import Browser, async_playwright

from computers.models import Computer, Connection
from dashboard.database import close_all, settle
from dashboard.models import Membership, Team, User
from dashboard.permissions import Role
from tests.support import chromium, prepared, services
from tests.support.programs import (  # noqa: F401  hooks of this file
    pytest_collection_modifyitems,
    pytest_runtest_setup,
    pytest_runtest_teardown,
    pytest_terminal_summary,
)
from tests.support.stack import Stack, run_stack
from tests.support.web import Web, WebStarter

PASSWORD = "a quiet password"


def pytest_configure() -> None:
    prepared.announce()


def pytest_sessionfinish(session: pytest.Session) -> None:
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The database pool's threads let go of the test database before it is dropped."""
    # Emptying the tables after a test would make Django's own permissions anew, which takes longer than most tests do;
    # nothing here asks for them.
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    yield
    close_all()


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """Emptied once nothing runs on it any more: what a test cancelled has left units behind."""
    yield
    settle()


@pytest.fixture(autouse=True)
def _no_leftovers() -> None:
    """Rate limits count in the cache."""
    cache.clear()


# --- the cast -------------------------------------------------------------------------------------------------


@pytest.fixture
def team(transactional_db: None) -> Team:
    return Team.objects.create(name="Home", slug="home")


def _member(name: str, team: Team, role: Role) -> User:
    user = User.objects.create_user(
        name.lower(), f"{name.lower()}@lightdeck.example", PASSWORD, first_name=name
    )
    Membership.objects.create(user=user, team=team, role=role)
    return user


@pytest.fixture
def alice(team: Team) -> User:
    """The owner."""
    return _member("Alice", team, Role.OWNER)


@pytest.fixture
def bob(team: Team) -> User:
    """An operator."""
    return _member("Bob", team, Role.OPERATOR)


@pytest.fixture
def vera(team: Team) -> User:
    """A viewer."""
    return _member("Vera", team, Role.VIEWER)


@pytest.fixture
def charlie(transactional_db: None) -> User:
    """A stranger: the owner of another team."""
    elsewhere = Team.objects.create(name="Elsewhere", slug="elsewhere")
    return _member("Charlie", elsewhere, Role.OWNER)


@pytest.fixture
def connection(team: Team) -> Connection:
    """A service that is never called, or is faked by the test."""
    return Connection.objects.create(
        team=team, name="Test", base_url="http://127.0.0.1:9", api_key="sk_test", kinds=["browser"]
    )


@pytest.fixture
def make_computer(connection: Connection) -> Callable[..., Computer]:
    """`make_computer(name="checkout-1", …)`: another computer of the team's connection."""

    def make(**fields: object) -> Computer:
        count = Computer.objects.count() + 1
        defaults = {
            "connection": connection,
            "upstream_id": f"comp_{count:018}",
            "width": 1280,
            "height": 720,
        }
        return Computer.objects.create(**{**defaults, "status": "running", **fields})

    return make


@pytest.fixture
def computer(make_computer: Callable[..., Computer]) -> Computer:
    return make_computer(name="checkout-1")


# --- running programs -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product as `make run` starts it, with local computers; nothing of it is left afterwards."""
    with run_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def web_process(tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """`web_process(database_url, …)`: a bare dashboard process; ended with the test."""
    starter = WebStarter(tmp_path)
    yield starter.start
    starter.end_all()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A new, empty PostgreSQL database; skipped aloud where there is no server."""
    with services.postgres_database() as url:
        yield url


@pytest.fixture
def redis_url() -> str:
    """A Redis to share; skipped aloud where there is none."""
    return services.redis()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """The person's own browser."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium.find(), args=chromium.arguments())
        yield running
        await running.close()
