"""Logs keep secrets."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from dashboard.logs import Discreet


def logged(message: str, *arguments: object, exc_info: object = None) -> str:
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, message, arguments, exc_info)  # type: ignore[arg-type]
    return Discreet("{message}", style="{").format(record)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /computers/1/cdp?token=abc123 200", "GET /computers/1/cdp?… 200"),
        ("ws://127.0.0.1:8100/ws?token=abc&x=1'", "ws://127.0.0.1:8100/ws?…'"),
        ("key sk_live_0123456789 refused", "key sk_… refused"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer …"),
        ("proxy http://user:hunter2@10.0.0.1:3128/", "proxy http://…@10.0.0.1:3128/"),
        ("Which user? Alice = owner", "Which user? Alice = owner"),
    ],
)
def test_it_blanks_secrets_and_nothing_else(said: str, kept: str) -> None:
    assert logged(said) == kept


def test_arguments_are_blanked_too() -> None:
    assert logged("failed for %s", "https://api.example/x?key=1") == "failed for https://api.example/x?…"


def test_tracebacks_are_blanked_too() -> None:
    try:
        raise ValueError("no answer from http://h/cdp?token=abc with sk_secret_key")
    except ValueError:
        text = logged("broken", exc_info=sys.exc_info())
    assert "abc" not in text and "sk_secret_key" not in text


def test_every_handler_is_discreet() -> None:
    logging_settings: Any = settings.LOGGING
    formatters = logging_settings["formatters"]
    used = {handler["formatter"] for handler in logging_settings["handlers"].values()}
    assert {formatters[name]["()"] for name in used} == {"dashboard.logs.Discreet"}


def test_a_form_that_is_too_large_is_one_line(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    formatter = Discreet("{levelname} {name}: {message}", style="{")
    monkeypatch.setattr(
        logging.getLogger("django.security.RequestDataTooBig"),
        "handle",
        lambda record: lines.append(formatter.format(record)),
    )
    answer = client.post("/accounts/login/", {"username": "a" * 3_000_000})
    assert answer.status_code == 400
    (line,) = lines
    assert "\n" not in line and "RequestDataTooBig" in line
