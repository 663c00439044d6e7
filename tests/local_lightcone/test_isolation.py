import os
from collections.abc import Callable
from pathlib import Path

import pytest

from local_lightcone.chromium import isolation
from local_lightcone.settings import Refusal

from .harness import DevTools, LocalServer, ask, devtools

READ = "file.files[0] ? file.files[0].text().catch(() => 'unreadable') : 'nothing'"


async def read_by_upload(client: DevTools, site: str, path: str) -> str:
    """What a page sees of a file that is handed to it by a path of our choice."""
    await client("Page.enable", client.page)
    await client("Page.navigate", client.page, url=f"{site}/file")
    await client.eventually("document.readyState == 'complete' && 'file' in window")
    root = (await client("DOM.getDocument", client.page))["root"]["nodeId"]
    node = (await client("DOM.querySelector", client.page, nodeId=root, selector="#file"))["nodeId"]
    try:
        await client("DOM.setFileInputFiles", client.page, files=[path], nodeId=node)
    except AssertionError:
        return "refused"
    return str(await client.evaluate(READ))


async def test_cdp_cannot_hand_out_the_servers_key(server: LocalServer, computer: str, site: str) -> None:
    path = server.data_dir / "local.key"
    assert path.read_text().strip() == server.key
    async with devtools(server, computer) as client:
        assert server.key not in await read_by_upload(client, site, str(path))
        for address in (f"file://{path}", f"file://{path.parent}", f"view-source:file://{path}"):
            await client("Page.navigate", client.page, url=address)
            assert server.key not in str(
                await client.eventually(
                    "document.readyState == 'complete' && document.documentElement.outerHTML"
                )
            )


async def test_cdp_cannot_hand_out_another_computers_profile(
    server: LocalServer, computer: str, site: str, fresh: Callable[..., str]
) -> None:
    other = server.runtime / fresh() / "profile" / "Local State"
    other.write_text("the other one's secret")
    async with devtools(server, computer) as client:
        assert "secret" not in await read_by_upload(client, site, str(other))


async def test_it_reads_what_lies_in_its_own_workspace(server: LocalServer, computer: str, site: str) -> None:
    """The control: were the way blocked as such, the tests above would prove nothing."""
    outside = server.runtime / computer / "workspace" / "mine.txt"
    outside.write_text("my own file")
    async with devtools(server, computer) as client:
        read = [await read_by_upload(client, site, path) for path in ("/workspace/mine.txt", str(outside))]
    assert "my own file" in read


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give each computer a uid of its own")
def test_each_computer_runs_as_a_uid_of_its_own(server: LocalServer, fresh: Callable[..., str]) -> None:
    computers = [fresh(), fresh()]
    uids = {(server.runtime / computer).stat().st_uid for computer in computers}
    assert len(uids) == 2 and os.getuid() not in uids
    running = set(server.uids().values())
    assert uids <= running and 0 not in running


def test_chromiums_own_sandbox_is_on(server: LocalServer, shared: str) -> None:
    commands = {process.pid: ask(process.cmdline) or [] for process in server.chromiums()}
    renderers = [pid for pid, command in commands.items() if "--type=renderer" in command]
    filters = [status for pid in renderers if (status := seccomp(pid))]
    assert filters and set(filters) == {"2"}
    assert not any("--no-sandbox" in command for command in commands.values())


def seccomp(pid: int) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    return next(line.split()[1] for line in lines if line.startswith("Seccomp:"))


def test_no_folder_of_a_computer_is_open_to_others(server: LocalServer, shared: str) -> None:
    mode = (server.runtime / shared).stat().st_mode
    assert mode & 0o707 == 0o700  # its group is its own: the uids of its browser and of its commands
    assert server.data_dir not in (server.runtime, *server.runtime.parents)


def test_its_environment_is_not_ours(server: LocalServer, shared: str) -> None:
    environments = [ask(process.environ) or {} for process in server.chromiums()]
    assert not any(name.startswith("LIGHTDECK") for environment in environments for name in environment)


def test_without_any_isolation_it_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_works", lambda *_: False)
    with pytest.raises(Refusal, match="LIGHTDECK_ALLOW_UNSANDBOXED=1"):
        isolation.probe(tmp_path, allow_unsandboxed=False)
    allowed = isolation.probe(tmp_path, allow_unsandboxed=True)
    assert (allowed.uids, allowed.bubblewrap, allowed.chromium_sandbox) == (None, None, False)


def test_a_person_needs_bubblewrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(isolation, "_works", lambda tried, *_: tried.bubblewrap is None)
    with pytest.raises(Refusal, match="install bubblewrap"):
        isolation.probe(tmp_path, allow_unsandboxed=False)
