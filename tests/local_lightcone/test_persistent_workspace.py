"""A persistent computer's files go on with it; a save is on the disk when it is called one; a damaged one says so."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tzafon import Lightcone, NotFoundError, UnprocessableEntityError

from local_lightcone.chromium.home import Home
from local_lightcone.problems import Problem
from local_lightcone.sessions import saved
from local_lightcone.sessions.copying import WORKSPACE
from local_lightcone.sessions.saved import Saved

from .harness import LocalServer, devtools
from .test_exec_sandbox import uploaded

WORK = "mkdir -p a/b; echo kept > a/b/note; printf '#!/bin/sh\\necho ran' > tool; chmod +x tool; ln -s a/b/note link"
AGAIN = "cat a/b/note link; ./tool; echo more >> a/b/note && mkdir a/c && wc -l < link"


def run(sdk: Lightcone, computer: str, command: str) -> str:
    answer = sdk.computers.exec.sync(computer, command=command)
    assert answer.stderr == ""
    return str(answer.stdout)


@pytest.mark.sdk("DELETE /computers/{id}", "computers.delete")
@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
async def test_what_commands_wrote_is_there_again(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], site: str
) -> None:
    first = fresh(persistent=True)
    run(sdk, first, WORK)
    sdk.computers.delete(first)
    kept = server.data_dir / "saved" / first / "workspace"
    assert {path.lstat().st_uid for path in kept.rglob("*")} == {os.getuid()}
    assert not [path for path in kept.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077]

    second = fresh(environment_id=first)
    assert run(sdk, second, AGAIN) == "kept\nkept\nran\n2\n"
    async with devtools(server, second) as client:  # the browser may read it as before
        assert "kept" in await uploaded(client, site, "/workspace/a/b/note")
    third = fresh(environment_id=first)
    assert run(sdk, third, "cat link") == "kept\n"


def no_folder(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("no folder")


@pytest.mark.sdk("POST /computers", "computers.create")
def test_a_damaged_one_says_so_and_is_not_asked_for_again(
    server: LocalServer, sdk: Lightcone, fresh: Callable[..., str], tmp_path: Path
) -> None:
    computer = fresh(persistent=True)
    sdk.computers.delete(computer)
    entry = server.data_dir / "saved" / computer
    shutil.copytree(entry, tmp_path / "whole")
    damages: list[Callable[[], Any]] = [
        lambda: (entry / "cookies.json").write_text("{"),
        lambda: (entry / "cookies.json").write_text("{}"),
        lambda: (entry / "cookies.json").write_bytes(b"\xff\xfe"),
        lambda: (entry / "cookies.json").unlink(),
        lambda: shutil.rmtree(entry / "profile"),
        lambda: no_folder(entry / "workspace"),
    ]
    for damage in damages:
        damage()
        with pytest.raises(UnprocessableEntityError) as error:
            sdk.computers.create(environment_id=computer)
        assert "cannot be read: begin without it" in str(error.value.body)
        shutil.rmtree(entry)
        shutil.copytree(tmp_path / "whole", entry)
    (entry / "about.json").write_text("[]")
    with pytest.raises(NotFoundError):
        sdk.computers.create(environment_id=computer)
    assert computer not in {each.id for each in sdk.computers.list(type="persistent")}
    assert "Traceback" not in server.child.output


def living(tmp_path: Path, name: str = "home") -> Home:
    made = Home.make(tmp_path / name, None, moved=True)
    (made.path / "profile" / "note").write_text("known")
    (made.path / "workspace" / "file").write_text("x" * 100)
    return made


@pytest.mark.parametrize("most", [{"most_bytes": 10}, {"most_files": 0}])
def test_a_workspace_that_is_too_large_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: dict[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(saved, "WORKSPACE", replace(WORKSPACE, **most))  # type: ignore[arg-type]
    kept, next_home = Saved(tmp_path), living(tmp_path)
    kept.keep({"id": "comp_1"}, [], next_home)
    assert "saved without its workspace: its workspace is larger" in caplog.text
    other = Home.make(tmp_path / "other", None, moved=True)
    assert kept.lay_out("comp_1", other) == []
    assert (other.path / "profile" / "note").read_text() == "known"
    assert not list((other.path / "workspace").iterdir())


def test_what_the_disk_did_not_take_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        assert {each.name for each in path.iterdir()} == {
            "about.json",
            "cookies.json",
            "profile",
            "workspace",
        }
        raise OSError("the disk did not take it")

    kept, home = Saved(tmp_path), living(tmp_path)
    monkeypatch.setattr(saved, "flush", refuse)
    with pytest.raises(OSError, match="did not take it"):
        kept.keep({"id": "comp_1"}, [], home)
    assert kept.all() == [] and list((tmp_path / "saved").iterdir()) == []
    monkeypatch.undo()
    kept.keep({"id": "comp_1"}, [], home)
    assert kept.all() == [{"id": "comp_1"}]


def test_flushing_is_real(tmp_path: Path) -> None:
    saved.flush(tmp_path)
    with pytest.raises(OSError, match="did not take it"):
        saved.flush(tmp_path / "nowhere")


def test_a_full_disk_is_not_taken_for_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = Saved(tmp_path)
    kept.keep({"id": "comp_1"}, [], living(tmp_path))
    monkeypatch.setattr(saved, "copy_tree", full)
    with pytest.raises(OSError, match="No space"):
        kept.lay_out("comp_1", living(tmp_path, "next"))
    monkeypatch.setattr(saved, "copy_tree", lambda *_: os.stat(tmp_path / "nowhere"))
    with pytest.raises(Problem):
        kept.lay_out("comp_1", living(tmp_path, "third"))
