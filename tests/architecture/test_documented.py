"""What a person can set, and what the house can say, stands in the documentation."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import ROOT

NAME = re.compile(r"[A-Z][A-Z0-9_]{3,}")
CHECK_ID = re.compile(r"lightdeck\.[EW]\d{3}")


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def names_read() -> set[str]:
    """Every capital word that dashboard/env.py passes to one of its readers."""
    calls = [node for node in ast.walk(ast.parse(text("dashboard/env.py"))) if isinstance(node, ast.Call)]
    literals = [call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)]
    return {word for word in literals if isinstance(word, str) and NAME.fullmatch(word)}


def test_every_environment_name_is_documented() -> None:
    names = names_read()
    assert "LIGHTDECK_HOST" in names
    assert not [name for name in names if f"`{name}`" not in text("docs/configuration.md")]


def test_every_example_is_a_name_that_is_read() -> None:
    examples = set(re.findall(r"^#?([A-Z_]+)=", text(".env.example"), re.MULTILINE))
    assert examples <= names_read()


def test_every_system_check_is_documented() -> None:
    said = set(CHECK_ID.findall(text("dashboard/checks.py")))
    assert said and said == set(CHECK_ID.findall(text("docs/configuration.md")))
