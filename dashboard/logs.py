"""Logs that keep secrets: no query strings, no API keys, no bearer tokens, tracebacks included."""

import logging
import re

_SECRETS = (
    (re.compile(r"(?<=[\w/])\?[\w.~%+-]+=[^\s'\"<>)]*"), "?…"),
    (re.compile(r"\bsk_[\w-]{4,}"), "sk_…"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{4,}"), r"\1 …"),
    (re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+@"), "…@"),
)


class Discreet(logging.Formatter):
    """A formatter that blanks secrets in the finished text, so no caller can forget to."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("django.security."):
            # Anybody can send an odd Host header or too large a form; the line says so, and thirty more would only
            # fill the log.
            record.exc_info = record.exc_text = None
        text = super().format(record)
        for pattern, replacement in _SECRETS:
            text = pattern.sub(replacement, text)
        return text
