"""Commands through the official SDK: what they say, in which order, and how they end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tzafon import APIStatusError, BadRequestError, Lightcone, NotFoundError


def streamed(sdk: Lightcone, computer: str, command: str, **options: Any) -> list[tuple[str, Any]]:
    lines = sdk.computers.exec.create(computer, command=command, **options)
    return [(str(line.type), line.code if line.type == "exit" else line.data) for line in lines]


def joined(lines: list[tuple[str, Any]], kind: str) -> str:
    return "".join(data for name, data in lines if name == kind)


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_output_and_exit_code_come_back(sdk: Lightcone, shared: str) -> None:
    answer = sdk.computers.exec.sync(shared, command="echo out; echo err >&2; exit 7")
    assert (answer.exit_code, answer.stdout, answer.stderr) == (7, "out\n", "err\n")


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_lines_come_in_the_order_in_which_they_are_written(sdk: Lightcone, shared: str) -> None:
    command = "for i in 1 2 3; do echo out $i; sleep 0.3; echo err $i >&2; sleep 0.3; done; exit 5"
    expected = [(kind, f"{kind[3:]} {i}\n") for i in (1, 2, 3) for kind in ("stdout", "stderr")]
    lines = streamed(sdk, shared, command)
    assert [kind for kind, _ in lines[:-1]] == [kind for kind, _ in expected]
    assert joined(lines, "stdout") == "out 1\nout 2\nout 3\n"
    assert lines[-1] == ("exit", 5)


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_it_arrives_while_the_command_runs(sdk: Lightcone, shared: str) -> None:
    lines = iter(sdk.computers.exec.create(shared, command="echo first; sleep 5; echo second"))
    started = time.monotonic()
    assert next(lines).data == "first\n"
    assert time.monotonic() - started < 4
    assert [line.type for line in lines] == ["stdout", "exit"]


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_colours_and_characters_pass_whole(sdk: Lightcone, shared: str) -> None:
    command = "printf '\\033[31mred\\033[0m %s' $TERM; printf '\\303'; sleep 0.3; printf '\\251\\377\\303'"
    lines = streamed(sdk, shared, command)
    assert joined(lines, "stdout") == "\x1b[31mred\x1b[0m xterm-256coloré\ufffd\ufffd"


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
@pytest.mark.must("lines")
def test_the_stream_is_plain_ndjson(http: httpx.Client, sdk: Lightcone, shared: str) -> None:
    with sdk.computers.exec.with_streaming_response.create(shared, command="echo one; exit 1") as answer:
        raw = b"".join(answer.iter_bytes())
        assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = raw.split(b"\n")
    assert lines.pop() == b"" and b"\r" not in raw and all(lines)
    assert [json.loads(line) for line in lines] == [
        {"type": "stdout", "data": "one\n"},
        {"type": "exit", "code": 1},
    ]


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_folder_and_variables_are_the_callers(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    computer = fresh()
    sdk.computers.exec.sync(computer, command="mkdir -p 'a b'")
    env = {"A": "one\ntwo 'three' $A", "B": ""}
    command = 'pwd; printf "%s|%s" "$A" "${B-unset}"'
    for cwd in ("a b", "/workspace/a b"):
        answer = sdk.computers.exec.sync(computer, command=command, cwd=cwd, env=env)
        assert answer.stdout == f"/workspace/a b\n{env['A']}|"
    missing = sdk.computers.exec.sync(computer, command="echo here", cwd="/nowhere")
    assert (missing.exit_code, missing.stdout) == (1, "") and "/nowhere" in str(missing.stderr)


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_the_workspace_is_kept_between_commands(sdk: Lightcone, fresh: Callable[..., str]) -> None:
    computer = fresh()
    sdk.computers.exec.sync(computer, command="echo kept > note; echo gone > /tmp/note")
    answer = sdk.computers.exec.sync(computer, command="cat note; ls /tmp")
    assert answer.stdout == "kept\n"


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_nothing_can_be_typed_into_it(sdk: Lightcone, shared: str) -> None:
    assert streamed(sdk, shared, "read line || echo nothing") == [("stdout", "nothing\n"), ("exit", 0)]


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
def test_commands_at_once_do_not_mix(sdk: Lightcone, shared: str) -> None:
    commands = [
        f"for i in 1 2 3 4 5; do echo {name}; echo {name} >&2; sleep 0.1; done; exit {code}"
        for code, name in enumerate("abc", 1)
    ]
    streams = [iter(sdk.computers.exec.create(shared, command=command)) for command in commands]
    for code, (stream, name) in enumerate(zip(streams, "abc", strict=True), 1):
        lines = list(stream)
        assert lines[-1].code == code
        assert set("".join(line.data or "" for line in lines)) == {name, "\n"}


@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"command": ""},
        {"command": 5},
        {"command": "a\0b"},
        {"command": "x" * 100_001},
        {"command": "true", "cwd": 5},
        {"command": "true", "cwd": "a\0"},
        {"command": "true", "env": ["A"]},
        {"command": "true", "env": {"A": 1}},
        {"command": "true", "env": {"A=B": "1"}},
        {"command": "true", "env": {"A": "\0"}},
        {"command": "true", "timeout_seconds": 0},
        {"command": "true", "timeout_seconds": 10**9},
        {"command": "true", "timeout_seconds": "soon"},
        {"command": "true", "timeout_seconds": True},
    ],
)
def test_bad_input_is_refused(sdk: Lightcone, http: httpx.Client, shared: str, body: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        sdk.computers.exec.sync(shared, extra_body=body)
    answer = http.post(f"/computers/{shared}/exec", json=body)
    lines = answer.text.splitlines()
    assert answer.status_code == 200 and len(lines) == 1
    told = json.loads(lines[0])
    assert (told["type"], told["code"]) == ("error", "BAD_REQUEST") and told["message"]


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
@pytest.mark.must("lines")
def test_what_is_no_json_is_one_error_line(sdk: Lightcone, http: httpx.Client, shared: str) -> None:
    answer = http.post(f"/computers/{shared}/exec", content=b"{")
    assert answer.status_code == 200 and json.loads(answer.text)["type"] == "error"
    assert [line.type for line in sdk.computers.exec.create(shared)] == ["error"]


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
@pytest.mark.sdk("POST /computers/{id}/exec/sync", "computers.exec.sync")
def test_an_unknown_computer_is_not_found(sdk: Lightcone) -> None:
    for call in (sdk.computers.exec.sync, sdk.computers.exec.create):
        with pytest.raises(NotFoundError):
            call("comp_1", command="true")


@pytest.mark.sdk("POST /computers/{id}/debug", "computers.debug")
def test_debug_answers_with_everything_it_has_been_said_to(sdk: Lightcone, shared: str) -> None:
    answer = sdk.computers.debug(shared, command="echo out; echo err >&2; exit 3")
    result = answer.result or {}
    assert answer.status == "SUCCESS"
    assert result == {"exit_code": 3, "stdout": "out\n", "stderr": "err\n", "debug_response": "out\nerr\n"}


@pytest.mark.sdk("POST /computers/{id}/debug", "computers.debug")
@pytest.mark.sdk("POST /computers/{id}/execute", "computers.execute")
def test_debug_is_bounded_and_part_of_execute(sdk: Lightcone, shared: str) -> None:
    answer = sdk.computers.debug(shared, command="head -c 5000 /dev/zero | tr '\\0' x", max_output_length=100)
    stdout = str((answer.result or {})["stdout"])
    assert stdout.startswith("x" * 100 + "\n") and "4900 bytes more" in stdout
    inner: Any = {"command": "echo $A; pwd", "cwd": "/tmp", "env": {"A": "b"}}
    done = sdk.computers.execute(shared, action={"type": "debug", "debug": inner})
    assert (done.result or {})["stdout"] == "b\n/tmp\n"
    with pytest.raises(APIStatusError):
        sdk.computers.execute(shared, action={"type": "debug"})


@pytest.mark.sdk("POST /computers/{id}/exec", "computers.exec.create")
@pytest.mark.sdk("GET /computers/{id}/events", "computers.retrieve_events")
def test_commands_are_told_to_the_readers_of_events(sdk: Lightcone, shared: str) -> None:
    with sdk.computers.with_streaming_response.retrieve_events(shared) as events:
        streamed(sdk, shared, "echo out; echo err >&2", env={"SECRET": "s3cret-value"})
        heard = []
        for line in events.iter_lines():
            if line.startswith("data: "):
                heard.append(json.loads(line.removeprefix("data: ")))
                if "exit_code" in heard[-1]:
                    break
    assert heard[0]["command"] == "echo out; echo err >&2"
    chunks = {(event["data"], event["is_stderr"]) for event in heard if "data" in event}
    assert chunks == {("b3V0Cg==", False), ("ZXJyCg==", True)}
    assert heard[-1]["exit_code"] == 0
    assert len({event["request_id"] for event in heard}) == 1
    assert "s3cret-value" not in json.dumps(heard)
