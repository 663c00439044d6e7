"""The words of forms that refuse: said as the house speaks, wherever a field has none of its own."""

from __future__ import annotations

from django import forms

REFUSALS = {
    "required": "Please fill this in.",
    "min_value": "Too small: at least %(limit_value)s.",
    "max_value": "Too large: at most %(limit_value)s.",
    "max_length": "Too long: at most %(limit_value)d characters, and this has %(show_value)d.",
    "min_length": "Too short: at least %(limit_value)d characters.",
    "null_characters_not_allowed": "It holds an invisible character (NUL) that is not allowed here.",
}


def speak() -> None:
    """Before any form is defined: each field copies these, and its validators take their words from there."""
    forms.Field.default_error_messages = {**forms.Field.default_error_messages, **REFUSALS}
