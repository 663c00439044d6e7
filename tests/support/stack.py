"""The whole product, started as `make run` starts it, on free ports and a folder of its own."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright._impl._api_structures import SetCookieParam
from playwright.async_api import Browser, BrowserContext

from tests.support import prepared
from tests.support.processes import LASTING_SECONDS, Child, assert_gone

OWNER, PASSWORD = prepared.OWNER, prepared.PASSWORD
#: Everybody's role in the team; a stranger has none.
PEOPLE = {OWNER: "owner", "bob": "operator", "vera": "viewer", "charlie": ""}
FRESH, EVERYTHING, ALL_BUT_FILES = "FRESH", "everything", "all but the static files"
STATIC = ("static", "static.stamp")
UPSTREAM_SECONDS = 30.0

#: Makes people with their roles and a session for each, and prints the sessions' cookies.
SIGN_IN = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from dashboard.models import Membership, Team, User
for name, role in {people!r}.items():
    user, made = User.objects.get_or_create(username=name, defaults=dict(first_name=name.title()))
    if made:
        user.set_password({password!r}); user.save()
        if role: Membership.objects.create(user=user, team=Team.objects.order_by("pk")[0], role=role)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    print("cookie", name, session.session_key)
"""


@dataclass
class Stack:
    """A running Lightdeck. `base_url` and `local_url` have no slash at the end."""

    child: Child
    folder: Path
    env: dict[str, str]
    base_url: str
    local_url: str
    owner: str = OWNER
    password: str = PASSWORD
    _cookies: dict[str, str] = field(default_factory=dict)
    _kept: dict[str, str] = field(default_factory=dict)

    @property
    def local_key(self) -> str:
        return (self.folder / "local.key").read_text(encoding="ascii").strip()

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'lightdeck.sqlite3'}"

    def upstream_id(self, name: str) -> str:
        """What the local Lightcone calls the computer that has this name here."""
        return self._newest(name, "upstream_id")

    def _newest(self, name: str, column: str) -> str:
        with closing(sqlite3.connect(self.folder / "lightdeck.sqlite3")) as database:
            query = f"SELECT {column} FROM computers_computer WHERE name = ? ORDER BY id DESC"
            found: str = database.execute(query, (name,)).fetchone()[0]
            return found

    def upstream(self, method: str, path: str, body: object = None) -> httpx.Response:
        """One call to the local Lightcone, past the dashboard."""
        headers = {"Authorization": f"Bearer {self.local_key}"}
        answer = httpx.request(
            method, self.local_url + path, json=body, headers=headers, timeout=UPSTREAM_SECONDS
        )
        return answer.raise_for_status()

    def manage(self, *arguments: str) -> list[str]:
        """Run one management command on the stack's own database; what it printed."""
        child = Child(["manage.py", *arguments], self.env)
        assert child.wait() == 0, child.output
        return child.lines

    def cookie(self, name: str = OWNER, role: str = "owner") -> str:
        """A session of that person, who is made a member with `role` if new (an empty role makes a stranger)."""
        if name not in self._cookies:
            self.sign_in({name: role, **PEOPLE})
        return self._cookies[name]

    def sign_in(self, people: Mapping[str, str]) -> None:
        """A session for each of them, by their roles: at once, since a management command takes a second."""
        script = SIGN_IN.format(people=dict(people), password=PASSWORD)
        lines = [line.split() for line in self.manage("shell", "-c", script)]
        self._cookies |= {words[1]: words[2] for words in lines if words[:1] == ["cookie"]}

    def open_computer(self, name: str, start_page: str) -> str:
        """The address of a new computer, opened as the form does it; it lives as long as the stack."""
        minutes = LASTING_SECONDS // 60
        form = {"kind": "browser", "name": name, "start_page": start_page, "width": 1280, "height": 800}
        with httpx.Client(base_url=self.base_url, timeout=UPSTREAM_SECONDS) as client:
            client.cookies.set("lightdeck_session", self.cookie())
            page = client.get("/computers/new/").raise_for_status()
            token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
            answer = client.post(
                "/computers/new/",
                data={**form, "lifetime": minutes, "idle_limit": minutes, "csrfmiddlewaretoken": token},
                headers={"Origin": self.base_url},
            )
        assert answer.status_code == 302, answer.text
        return self.base_url + answer.headers["Location"]

    def kept_computer(self, name: str, page: str) -> str:
        """The address of the tests' common computer of that name, which shows `page` in its one tab, and nobody's agent
        is at work there.

        Whatever the test before left there, or the same test's first try: what cannot show it any more is replaced.
        """
        if name in self._kept and not self._shows(name, page):
            self._rename(name, f"replaced-{self._kept.pop(name).rstrip('/')[-4:]}")
        if name not in self._kept:
            self._kept[name] = self.open_computer(name, page)
        return self._kept[name]

    def _shows(self, name: str, page: str) -> bool:
        path = f"/computers/{self.upstream_id(name)}"
        with suppress(httpx.HTTPError):
            tabs = self.upstream("GET", f"{path}/tabs").json()["result"]["tabs"]
            if len(tabs) == 1 and not self._newest(name, "agent_state"):
                answer = self.upstream("POST", f"{path}/navigate", {"url": page}).json()
                if answer["status"] == "SUCCESS":
                    return True
            self.upstream("DELETE", path)
        return False

    def _rename(self, name: str, other: str) -> None:
        """A wall shows for a while what has ended, and a test means the new one by that name."""
        with closing(sqlite3.connect(self.folder / "lightdeck.sqlite3", timeout=10)) as database, database:
            database.execute("UPDATE computers_computer SET name = ? WHERE name = ?", (other, name))

    async def context(
        self, browser: Browser, name: str = OWNER, role: str = "owner", **options: object
    ) -> BrowserContext:
        """A browser window in which that person is signed in already; `options` are Playwright's."""
        context = await browser.new_context(base_url=self.base_url, **options)  # type: ignore[arg-type]
        await context.add_cookies([self.cookie_for(name, role)])
        return context

    def cookie_for(self, name: str = OWNER, role: str = "owner") -> SetCookieParam:
        """That person's session, as Playwright takes it."""
        return {"name": "lightdeck_session", "value": self.cookie(name, role), "url": self.base_url}


def start_stack(folder: Path, **changes: str) -> Stack:
    """Start it and return at once; `child.wait_for_line("is ready at")` waits.

    An empty `folder` is filled with a prepared one, unless FRESH asks for a very first start: EVERYTHING is then its
    own work, or ALL_BUT_FILES, which are compressed for seconds.
    """
    fresh = changes.pop(FRESH, "")
    if fresh != EVERYTHING and not any(folder.iterdir()):
        names = STATIC if fresh == ALL_BUT_FILES else ()
        prepared.fill(folder, *names)
    env = prepared.stack_environment(folder, **changes)
    base_url = f"http://127.0.0.1:{env['LIGHTDECK_PORT']}"
    local_url = f"http://127.0.0.1:{env['LIGHTDECK_LOCAL_PORT']}"
    return Stack(Child(["manage.py", "start"], env), folder, env, base_url, local_url)


@contextmanager
def run_stack(folder: Path, **changes: str) -> Iterator[Stack]:
    """A stack that is ready; afterwards it is ended, and nothing of it may be left."""
    stack = start_stack(folder, **changes)
    try:
        stack.child.wait_for_line("Lightdeck is ready at")
        yield stack
    finally:
        family = stack.child.descendants()
        stack.child.end()
        assert_gone(family)


def seconds_until_ready(stack: Stack) -> float:
    """How long a start that has just been made takes."""
    started = time.monotonic()
    stack.child.wait_for_line("Lightdeck is ready at")
    return time.monotonic() - started
