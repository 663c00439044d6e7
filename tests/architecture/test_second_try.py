"""Who gets a second try, and what a second try begins with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT

CONFTEST = """
import pytest, pytest_asyncio
from tests.support.programs import (
    pytest_collection_modifyitems, pytest_runtest_setup, pytest_runtest_teardown
)

@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack():
    print("\\n= the stack starts")
    yield
    print("\\n= the stack ends")

@pytest_asyncio.fixture(loop_scope="session")
async def window(stack):
    print("\\n= a window opens")
    yield []
    print("\\n= a window closes")

tries = set()

@pytest.fixture
def first_try(request):
    known = request.node.name in tries
    tries.add(request.node.name)
    return not known

@pytest.fixture
def late(stack, first_try):
    assert not first_try
"""
FILES = {
    "conftest.py": CONFTEST,
    "pytest.ini": "[pytest]\nmarkers = programs: as here\nasyncio_default_fixture_loop_scope = function\n",
    "test_a.py": "def test_of_its_own_process(): assert False\n",
    "test_b.py": """
import pytest, time

@pytest.mark.asyncio(loop_scope="session")
async def test_journey(window, first_try):
    window.append("seen")
    assert window == ["seen"] and not first_try

def test_without_one_in_their_midst(): assert False
def test_with_a_late_fixture(late): pass
def test_that_always_fails(stack): assert False
@pytest.mark.programs
def test_with_the_marker(first_try): assert not first_try

def test_that_hangs(stack, first_try):
    assert not first_try
    time.sleep(60)
""",
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What pytest says of them."""
    folder = tmp_path_factory.mktemp("tries")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    options = ["-v", "-s", "-rapR", "--timeout=4", "-p", "no:django", "-p", "no:cacheprovider"]
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return answer.stdout.splitlines()


def named(lines: list[str], word: str) -> set[str]:
    """Those that the summary names with this word."""
    found = [line.split() for line in lines if line.startswith(f"{word} ")]
    return {parts[1].partition("::")[2] for parts in found}


def test_only_who_runs_programs_gets_a_second_try(lines: list[str]) -> None:
    assert named(lines, "RERUN") == {
        "test_journey",
        "test_with_a_late_fixture",
        "test_that_always_fails",
        "test_with_the_marker",
        "test_that_hangs",
    }
    assert named(lines, "PASSED") == {"test_journey", "test_with_a_late_fixture", "test_with_the_marker"}
    assert "4 failed, 3 passed, 5 rerun" in lines[-1]


def test_a_second_try_has_fresh_fixtures_on_the_same_programs(lines: list[str]) -> None:
    happened = [line.removeprefix("= ") for line in lines if line.startswith(("= a window", "= the stack"))]
    assert happened == ["the stack starts", *["a window opens", "a window closes"] * 2, "the stack ends"]


def test_a_second_try_that_hangs_is_ended(lines: list[str]) -> None:
    assert "test_that_hangs" in named(lines, "FAILED")
    assert any("Timeout" in line for line in lines)


def test_files_with_programs_come_first_and_stay_whole(lines: list[str]) -> None:
    begun = [line.split()[0] for line in lines if line.startswith("test_") and "::" in line]
    order = list(dict.fromkeys(begun))
    assert order[0] == "test_b.py::test_journey" and order[-1] == "test_a.py::test_of_its_own_process"
