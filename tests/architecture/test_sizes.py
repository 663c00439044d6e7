"""A file reads in one sitting."""

from __future__ import annotations

import pytest

from tests.architecture.source import ROOT, python_files

LINES = 300
FOLDERS = ("dashboard", "computers", "agents", "local_lightcone", "tests")


def long_files(paths: list[str]) -> list[str]:
    counted = ((path, len((ROOT / path).read_text(encoding="utf-8").splitlines())) for path in paths)
    return [f"{path}: {lines} lines" for path, lines in counted if lines > LINES]


def own(pattern: str, *folders: str) -> list[str]:
    found = (path for folder in folders for path in (ROOT / folder).rglob(pattern))
    return sorted(str(path.relative_to(ROOT)) for path in found if "vendor" not in path.parts)


def test_no_python_file_is_long() -> None:
    assert not long_files([str(path.relative_to(ROOT)) for path in python_files(*FOLDERS)])


@pytest.mark.parametrize(("pattern", "folder"), [("*.js", "static"), ("*.html", "templates")])
def test_nothing_the_page_is_made_of_is_long(pattern: str, folder: str) -> None:
    assert not long_files(own(pattern, folder))


def test_the_top_level_holds_only_what_the_plan_lists() -> None:
    listed = {
        *(
            "manage.py",
            "dashboard",
            "computers",
            "agents",
            "templates",
            "static",
            "tests",
            "requirements.txt",
        ),
        *(
            "Dockerfile",
            "local_lightcone",
            "README.md",
            "Makefile",
            "pyproject.toml",
            "compose.yaml",
            "LICENSE",
        ),
        *("CHANGELOG.md", "SECURITY.md", "docs", ".ci", ".pre-commit-config.yaml", ".env.example"),
        *(".gitignore", ".git", ".dockerignore"),
    }
    ignored = {line.strip("/\n") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    assert {path.name for path in ROOT.iterdir()} <= listed | ignored
