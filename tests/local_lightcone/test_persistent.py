"""What a persistent computer knew, the next one knows: across its end, whatever ended it, and across a restart."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tzafon import Lightcone, NotFoundError

from local_lightcone.chromium.home import Home
from local_lightcone.sessions import saved
from local_lightcone.sessions.copying import PROFILE, TooLarge, copy_tree
from local_lightcone.sessions.saved import Saved
from tests.support.processes import wait_until

from .harness import LocalServer, devtools
from .test_endings import browser_of

REMEMBER = """
document.cookie = 'lasting=yes; max-age=9999';
document.cookie = 'session=yes';
localStorage.setItem('kept', 'größer');
new Promise(done => {
  const opening = indexedDB.open('notes', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('all');
  opening.onsuccess = () => {
    const writing = opening.result.transaction('all', 'readwrite');
    writing.objectStore('all').put('indexed', 1);
    writing.oncomplete = () => done(true);
  };
})"""
RECALL = "document.cookie.split('; ').sort().join() + ' ' + localStorage.getItem('kept')"
INDEXED = """new Promise(done => {
  const opening = indexedDB.open('notes', 1);
  opening.onsuccess = () => {
    const asked = opening.result.transaction('all').objectStore('all').get(1);
    asked.onsuccess = () => done(asked.result);
  };
})"""
ALL = "lasting=yes,session=yes größer"


@pytest.fixture
def create(sdk: Lightcone) -> Iterator[Callable[..., str]]:
    """`create(persistent=True)`: a computer's id by the SDK, ended with the test if it still lives."""
    made: list[str] = []

    def start(**body: object) -> str:
        computer = sdk.computers.create(**body)  # type: ignore[arg-type]
        assert computer.id
        made.append(computer.id)
        return computer.id

    yield start
    for computer in made:
        try:
            sdk.computers.delete(computer)
        except NotFoundError:
            pass


async def remember(server: LocalServer, sdk: Lightcone, computer: str, site: str) -> None:
    assert sdk.computers.navigate(computer, url=f"{site}/").status == "SUCCESS"
    async with devtools(server, computer) as client:
        assert await client.evaluate(REMEMBER) is True


async def recalled(server: LocalServer, sdk: Lightcone, computer: str, site: str) -> str:
    assert sdk.computers.navigate(computer, url=f"{site}/").status == "SUCCESS"
    async with devtools(server, computer) as client:
        return str(await client.evaluate(RECALL))


@pytest.mark.sdk("POST /computers", "computers.create")
@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
@pytest.mark.sdk("GET /computers", "computers.list")
async def test_a_computer_goes_on_where_a_saved_one_ended(
    server: LocalServer, sdk: Lightcone, create: Callable[..., str], site: str
) -> None:
    first = create(persistent=True)
    await remember(server, sdk, first, site)
    assert first not in {entry.id for entry in sdk.computers.list(type="persistent")}
    sdk.computers.delete(first)
    listed = {entry.id: entry for entry in sdk.computers.list(type="persistent")}
    assert (listed[first].kind, listed[first].status) == ("browser", "terminated")
    assert first not in {entry.id for entry in sdk.computers.list()}

    second = sdk.computers.create(environment_id=first, persistent=True)
    assert second.id and second.id != first and second.environment_id == first
    assert sdk.computers.retrieve(second.id).environment_id == first
    assert await recalled(server, sdk, second.id, site) == ALL
    async with devtools(server, second.id) as client:
        assert await client.evaluate(INDEXED) == "indexed"
        await client.evaluate("localStorage.setItem('kept', 'second')")
    sdk.computers.delete(second.id)

    assert (await recalled(server, sdk, create(environment_id=first), site)).endswith("größer")
    third = create(environment_id=second.id)
    assert (await recalled(server, sdk, third, site)).endswith("second")
    sdk.computers.delete(third)  # not persistent: its run is not saved
    assert third not in {entry.id for entry in sdk.computers.list(type="persistent")}


async def test_a_fresh_computer_knows_nothing_of_it(
    server: LocalServer, sdk: Lightcone, create: Callable[..., str], site: str
) -> None:
    first = create(persistent=True)
    await remember(server, sdk, first, site)
    sdk.computers.delete(first)
    assert await recalled(server, sdk, create(), site) == " null"


async def test_its_time_being_up_saves_it(
    server: LocalServer, sdk: Lightcone, create: Callable[..., str], site: str
) -> None:
    computer = create(persistent=True, inactivity_timeout_seconds=6)
    await remember(server, sdk, computer, site)
    wait_until(
        lambda: computer in {entry.id for entry in sdk.computers.list(type="persistent")}, 30, "its saving"
    )
    assert await recalled(server, sdk, create(environment_id=computer), site) == ALL


@pytest.mark.skipif(os.geteuid() != 0, reason="processes are told apart by their uid")
def test_a_crashed_one_is_saved_as_far_as_it_had_written(
    server: LocalServer, sdk: Lightcone, create: Callable[..., str]
) -> None:
    computer = create(persistent=True)
    browser_of(server, computer).kill()
    wait_until(lambda: computer in {entry.id for entry in sdk.computers.list(type="persistent")}, 30, "it")
    assert create(environment_id=computer)
    lost = next(line for line in server.child.lines if computer in line)
    assert "lost its browser, exit code" in lost


async def test_a_stop_of_the_server_saves_it_and_the_next_server_knows_it(
    another_server: Callable[..., LocalServer], site: str
) -> None:
    stopped = another_server()
    with stopped.sdk() as sdk:
        computer = sdk.computers.create(persistent=True).id or ""
        await remember(stopped, sdk, computer, site)
    assert stopped.end() == 0
    assert "Traceback" not in stopped.child.output
    following = another_server()
    with following.sdk() as sdk:
        assert [entry.id for entry in sdk.computers.list(type="persistent")] == [computer]
        resumed = sdk.computers.create(environment_id=computer).id or ""
        assert await recalled(following, sdk, resumed, site) == ALL


async def test_what_is_saved_is_the_servers_alone(
    server: LocalServer, sdk: Lightcone, create: Callable[..., str], site: str
) -> None:
    computer = create(persistent=True)
    await remember(server, sdk, computer, site)
    sdk.computers.delete(computer)
    folder = server.data_dir / "saved"
    entries = [folder, folder / computer, *(folder / computer).rglob("*")]
    assert len(entries) > 10
    assert {stat.S_IMODE(entry.lstat().st_mode) & 0o077 for entry in entries} == {0}
    assert {entry.lstat().st_uid for entry in entries} == {os.getuid()}
    assert not list(folder.glob("*.part"))
    resumed = create(environment_id=computer)
    home = server.runtime / resumed
    owner = home.stat().st_uid
    assert {entry.lstat().st_uid for entry in (home / "profile").rglob("*")} == {owner}


@pytest.mark.parametrize("name", ["comp_1", "../saved", "comp_1/../..", "", "x" * 5000, "comp_1\n"])
def test_an_unknown_one_is_404(sdk: Lightcone, name: str) -> None:
    with pytest.raises(NotFoundError) as error:
        sdk.computers.create(environment_id=name)
    assert "No saved computer is called" in str(error.value.body)


@pytest.mark.parametrize(
    "body", [{"persistent": "yes"}, {"persistent": 1}, {"environment_id": 3}, {"environment_id": ["comp_1"]}]
)
def test_a_wrong_type_is_400(http: httpx.Client, body: object) -> None:
    assert http.post("/computers", json=body).status_code == 400


def home(path: Path) -> Home:
    return Home.make(path, None, moved=True)


def keep(kept: Saved, name: str, tmp_path: Path) -> None:
    living = home(tmp_path / f"home-{name}")
    (living.path / "profile" / "note").write_text("x" * 100)
    kept.keep({"id": name}, [], living)


def test_the_longest_unused_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST_SAVED", 2)
    kept = Saved(tmp_path)
    for number, name in enumerate(("comp_1", "comp_2")):
        keep(kept, name, tmp_path)
        os.utime(tmp_path / "saved" / name, (number, number))
    kept.lay_out("comp_1", home(tmp_path / "next"))
    keep(kept, "comp_3", tmp_path)
    assert {about["id"] for about in kept.all()} == {"comp_1", "comp_3"}


def test_the_newest_stays_however_large_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST_BYTES", 10)
    kept = Saved(tmp_path)
    keep(kept, "comp_1", tmp_path)
    time.sleep(0.01)
    keep(kept, "comp_2", tmp_path)
    assert [about["id"] for about in kept.all()] == ["comp_2"]


def test_half_a_saving_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "PROFILE", replace(PROFILE, most_bytes=10))
    kept = Saved(tmp_path)
    with pytest.raises(TooLarge):
        keep(kept, "comp_1", tmp_path)
    assert list((tmp_path / "saved").iterdir()) == []
    shutil.copytree(tmp_path / "home-comp_1", tmp_path / "saved" / "comp_2.part")
    assert Saved(tmp_path).all() == []
    assert list((tmp_path / "saved").iterdir()) == []


def test_no_link_leads_out_of_a_profile(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the key")
    profile, copied = tmp_path / "profile", tmp_path / "copied"
    (profile / "Default").mkdir(parents=True)
    copied.mkdir()
    (profile / "Default" / "kept").write_text("kept")
    (profile / "file").symlink_to(tmp_path / "secret")
    (profile / "folder").symlink_to(tmp_path)
    os.mkfifo(profile / "pipe")
    copy_tree(profile, copied, None, PROFILE)
    assert [path.name for path in sorted(copied.rglob("*"))] == ["Default", "kept"]
