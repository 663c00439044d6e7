"""What upstream answers, as far as Lightdeck reads it. Liberal: unknown fields are ignored, unknown words kept raw.

Source: the Lightcone contract, §2.1 (ComputerResponse), §2.2 (ActionResult), §1.5 (error bodies), §4 (how to be
liberal).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

#: Words that mean success in an ActionResult, lower-case; a missing word on HTTP 200 means it too.
SUCCESS_WORDS = frozenset({"", "success", "ok", "completed"})
#: Longest sentence taken from an error body, characters: a proxy's HTML page is not a sentence.
SENTENCE_LIMIT = 300
#: Longest word or id that is taken over, characters.
WORD_LIMIT = 128
#: Years that a computer's times are believed in: beyond them no database and no time zone can follow.
YEARS = range(1970, 9000)

# A sentence is one line, and a NUL would keep a database from noting it.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class ComputerFacts:
    """One computer as upstream describes it. Times are aware UTC; a missing or odd value is None or empty."""

    id: str
    kind: str
    status: str
    created_at: datetime | None
    expires_at: datetime | None
    idle_expires_at: datetime | None
    cdp_path: str
    #: The saved computer it was resumed from.
    environment_id: str = ""
    #: Whether it is saved when it ends; upstream need not say so.
    persistent: bool | None = None

    @classmethod
    def read(cls, data: Any) -> ComputerFacts:
        """Read one object; `ValueError` when it has no id, for nothing can be done with such a row."""
        if not isinstance(data, dict) or not isinstance(data.get("id"), str) or not data["id"]:
            raise ValueError("A computer without an id.")
        endpoints = data.get("endpoints")
        cdp = endpoints.get("cdp") if isinstance(endpoints, dict) else None
        return cls(
            id=data["id"],
            kind=_text(data.get("kind")),
            status=_text(data.get("status")),
            created_at=_time(data.get("created_at")),
            expires_at=_time(data.get("expires_at")),
            idle_expires_at=_time(data.get("idle_expires_at")) if _idle_counts(data) else None,
            cdp_path=_text(cdp),
            environment_id=_text(data.get("environment_id")),
            persistent=said if isinstance(said := data.get("persistent"), bool) else None,
        )


def read_list(data: Any) -> list[ComputerFacts]:
    """The answer of `GET /computers`: a bare array, or `{"data": [...]}`, or null. `ValueError` for anything else."""
    if isinstance(data, dict):
        data = data.get("data", data)
    if data is None or data == {}:
        return []
    if not isinstance(data, list):
        raise ValueError("Not a list of computers.")  # noqa: TRY004 — the data is wrong, not the caller
    return [ComputerFacts.read(item) for item in data]


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The answer to one action. A failed action is not an HTTP error (contract §1.5)."""

    ok: bool
    status: str
    error: str
    result: dict[str, Any]
    request_id: str
    #: Where it was executed, if upstream says.
    tab: str = ""
    #: The page after it, if it was asked for (contract §2.3).
    context: dict[str, Any] | None = None

    @classmethod
    def read(cls, data: Any) -> ActionResult:
        """Read an object, or nothing at all, which is a bare success: HTTP already said so. `ValueError` for anything
        else."""
        if data is None:
            data = {}
        if not isinstance(data, dict):
            raise ValueError("The answer to an action is an object.")  # noqa: TRY004 — the data is wrong
        status, error, result = _status(data.get("status")), error_inside(data), data.get("result")
        return cls(
            ok=status.lower() in SUCCESS_WORDS and not error,
            status=status,
            error=error,
            result=result if isinstance(result, dict) else {},
            request_id=one_line(_text(data.get("request_id")))[:WORD_LIMIT],
            tab=one_line(_text(data.get("executed_tab_id")))[:WORD_LIMIT],
            context=context if isinstance(context := data.get("page_context"), dict) else None,
        )


def error_inside(data: Any) -> str:
    """Why an answer that HTTP calls a success is none, as a sentence; empty when it is one (contract §1.5)."""
    if not isinstance(data, dict):
        return ""
    for name in ("error_message", "error"):
        if data.get(name):
            return _said(data[name]) or "The service says that it failed, and not why."
    number = data.get("status")
    if isinstance(number, int) and not isinstance(number, bool) and number >= 400:
        return _titles(data) or f"The service says {number}."
    return ""


def error_sentence(body: bytes, content_type: str) -> str:
    """What an error body says, in one of its many shapes; empty when it says nothing a person could use."""
    if "html" in content_type.lower():
        return ""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        text = one_line(body[: SENTENCE_LIMIT * 4].decode("utf-8", "replace"))
        return "" if text.startswith(("<", "{", "[")) else text
    if not isinstance(data, dict):
        return ""
    told = (data.get(name) for name in ("error", "error_message", "message"))
    return _titles(data) or next(filter(None, map(_said, told)), "")


def _titles(data: dict[str, Any]) -> str:
    return one_line(": ".join(filter(None, (_text(data.get("title")), _text(data.get("detail"))))))


def _said(error: Any) -> str:
    """An error's own words: a text, or an object with a message."""
    return one_line(_text(error.get("message")) if isinstance(error, dict) else _text(error))


def _status(value: Any) -> str:
    """Its word; a number or a flag is one too. Of anything else only that it is no success is known."""
    match value:
        case None | True:
            return ""
        case str():
            return one_line(value)[:WORD_LIMIT]
        case int() if 200 <= value < 300:
            return ""
        case bool() | int() | float():
            return str(value).lower()
    return "something unexpected"


def one_line(text: str) -> str:
    """What a service says as one line of bounded length, without what cannot be seen or kept."""
    return _UNFIT.sub(" ", text[:SENTENCE_LIMIT]).strip()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _idle_counts(data: dict[str, Any]) -> bool:
    return data.get("idle_timeout_enabled", data.get("auto_kill", True)) is not False


def _time(value: Any) -> datetime | None:
    """RFC 3339; None for anything else."""
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return None
    if moment.year not in YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
