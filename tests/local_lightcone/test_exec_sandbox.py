"""What a command sees: its computer's workspace and `/usr`, and nothing else of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import pytest
from tzafon import Lightcone, PermissionDeniedError

from tests.support.lasting import lasting, running_commands

from .harness import DevTools, LocalServer, ask, devtools

Run = Callable[..., str]


@pytest.fixture
def run(sdk: Lightcone, shared: str) -> Run:
    """The stdout of a command on the shared computer."""

    def said(command: str, **options: object) -> str:
        answer = sdk.computers.exec.sync(shared, command=command, **options)  # type: ignore[arg-type]
        return str(answer.stdout)

    return said


def test_it_has_no_network(run: Run, site: str) -> None:
    host, port = site.removeprefix("http://").split(":")
    assert run(f"(echo > /dev/tcp/{host}/{port}) 2>/dev/null && echo reached || echo alone") == "alone\n"
    assert run("cut -d: -f1 /proc/net/dev | tail -n +3").split() == ["lo"]


def test_it_does_not_see_the_machines_files(run: Run, server: LocalServer, shared: str) -> None:
    assert run("ls /").split() == sorted({*run("ls -d bin lib* sbin", cwd="/").split(), *VISIBLE})
    for path in (server.data_dir, server.runtime, Path.home(), Path.cwd(), Path("/etc/shadow")):
        assert run(f"ls -d '{path}' 2>/dev/null") == "", path
    assert server.key not in run("grep -r sk_ /proc/1/environ /proc/self/environ /workspace /tmp /etc")


VISIBLE = ("dev", "etc", "proc", "tmp", "usr", "workspace")


def test_it_sees_no_process_but_its_own(run: Run) -> None:
    commands = run("cat /proc/[0-9]*/comm").split()
    assert set(commands) <= {"bwrap", "bash", "cat"}


def test_its_environment_is_not_ours(run: Run) -> None:
    names = {line.partition("=")[0] for line in run("env; tr '\\0' '\\n' < /proc/1/environ").splitlines()}
    assert names <= {
        *("PATH", "HOME", "SHELL", "LANG", "TERM", "USER", "LOGNAME", "PWD", "OLDPWD", "SHLVL", "_"),
    }


def test_it_has_no_power(run: Run) -> None:
    status = run("grep -E '^(Cap|NoNewPrivs)' /proc/self/status").split()
    assert set(status[1:-2:2]) == {"0" * 16} and status[-2:] == ["NoNewPrivs:", "1"]
    assert "Read-only" in run("touch /usr/x /etc/x /x /dev/x 2>&1; true")
    assert run("unshare --user true 2>/dev/null && echo nested || echo refused") == "refused\n"
    assert run("ls /proc/self/fd").split() == ["0", "1", "2", "3"]  # ls itself opens the last


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_a_computer_does_not_see_anothers_workspace(
    sdk: Lightcone, server: LocalServer, shared: str, fresh: Callable[..., str]
) -> None:
    other = fresh()
    sdk.computers.exec.sync(other, command="echo theirs > secret")
    outside = server.runtime / other / "workspace" / "secret"
    assert outside.read_text() == "theirs\n"
    answer = sdk.computers.exec.sync(
        shared, command=f"ls /workspace; cat {outside} /workspace/../{other}/secret"
    )
    assert "theirs" not in f"{answer.stdout}" and "secret" not in f"{answer.stdout}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give commands a uid of their own")
def test_commands_run_as_a_uid_of_their_own(run: Run, server: LocalServer, shared: str) -> None:
    run("echo mine > owned")
    workspace = server.runtime / shared / "workspace"
    browser = (server.runtime / shared).stat().st_uid
    owner = (workspace / "owned").stat().st_uid
    assert owner not in (0, browser)
    assert browser in server.uids().values() and owner not in server.uids().values()


async def test_the_browser_uploads_what_a_command_wrote(
    run: Run, server: LocalServer, computer: str, site: str
) -> None:
    run("echo written by a command > made.txt")
    async with devtools(server, computer) as client:
        assert "written by a command" in await uploaded(client, site, "/workspace/made.txt")


async def uploaded(client: DevTools, site: str, path: str) -> str:
    await client("Page.enable", client.page)
    await client("Page.navigate", client.page, url=f"{site}/file")
    await client.eventually("document.readyState == 'complete' && 'file' in window")
    root = (await client("DOM.getDocument", client.page))["root"]["nodeId"]
    node = (await client("DOM.querySelector", client.page, nodeId=root, selector="#file"))["nodeId"]
    await client("DOM.setFileInputFiles", client.page, files=[path], nodeId=node)
    return str(await client.evaluate("file.files[0].text()"))


def test_variables_never_stand_in_the_process_list(
    run: Run, sdk: Lightcone, server: LocalServer, shared: str
) -> None:
    stream = iter(
        sdk.computers.exec.create(shared, command="echo on; sleep 2", env={"TOKEN": "s3cret-value"})
    )
    assert next(stream).data == "on\n"
    lines = [" ".join(ask(process.cmdline) or []) for process in server.chromiums()]
    assert any("sleep 2" in line for line in lines)
    assert not any("s3cret-value" in line for line in lines)
    list(stream)


@pytest.fixture
def no_bubblewrap(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment in which bubblewrap is there and does not work, as in many containers."""
    folder = tmp_path / "bin"
    folder.mkdir()
    broken = folder / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    yield {"PATH": f"{folder}:{os.environ['PATH']}", "LIGHTDECK_ALLOW_UNSANDBOXED": "1"}


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_without_a_sandbox_nothing_runs(
    another_server: Callable[..., LocalServer], no_bubblewrap: dict[str, str], tmp_path: Path
) -> None:
    running = another_server(**no_bubblewrap)
    with running.sdk() as sdk:
        computer = str(sdk.computers.create().id)
        command = f"touch {tmp_path}/ran"
        with pytest.raises(PermissionDeniedError, match="LIGHTDECK_UNSAFE_EXEC=1"):
            sdk.computers.exec.sync(computer, command=command)
        (line,) = sdk.computers.exec.create(computer, command=command)
        assert (line.type, str(line.code)) == ("error", "COMMANDS_OFF") and "bubblewrap" in str(line.message)
        answer = sdk.computers.debug(computer, command=command)
        assert answer.status == "EXECUTION_ERROR" and "Commands are off" in str(answer.error_message)
    assert not (tmp_path / "ran").exists()


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_unless_somebody_asked_for_it(
    another_server: Callable[..., LocalServer], no_bubblewrap: dict[str, str]
) -> None:
    running = another_server(**no_bubblewrap, LIGHTDECK_UNSAFE_EXEC="1")
    with running.sdk() as sdk:
        computer = str(sdk.computers.create().id)
        answer = sdk.computers.exec.sync(
            computer, command="echo $A > file; cat /workspace/file file; pwd", env={"A": "b"}
        )
        assert str(answer.stdout).startswith("b\n") and str(answer.stdout).endswith("/workspace\n")
        name = token_hex(4)
        started = sdk.computers.exec.sync(computer, command=f"setsid {lasting(name)} & echo $!")
        assert started.exit_code == 0
        late = sdk.computers.exec.sync(
            computer, command=f"setsid {lasting(name)} & {lasting(name)}", timeout_seconds=1
        )
        assert late.exit_code == -1
        assert not running_commands(name)
