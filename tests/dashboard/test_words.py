"""A form that refuses speaks as the house does, and the person begins again where it is wrong."""

from __future__ import annotations

import pytest
from django import forms
from django.template.loader import render_to_string


class Wish(forms.Form):
    """One field of each kind."""

    name = forms.CharField(max_length=5)
    mail = forms.EmailField(required=False)
    side = forms.IntegerField(min_value=1, max_value=9)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("name", "", "Please fill this in."),
        ("name", "abcdefg", "Too long: at most 5 characters, and this has 7."),
        ("name", "a\0", "It holds an invisible character (NUL) that is not allowed here."),
        ("side", "0", "Too small: at least 1."),
        ("side", "10", "Too large: at most 9."),
        # Where Django's are clear they stay.
        ("side", "x", "Enter a whole number."),
        ("mail", "x", "Enter a valid email address."),
    ],
)
def test_the_words_are_the_houses_own(name: str, value: str, sentence: str) -> None:
    form = Wish({"name": "a", "side": "5", name: value})
    assert form.errors == {name: [sentence]}


@pytest.mark.parametrize(
    ("data", "focused"),
    [(None, "name"), ({"name": "a", "side": "10"}, "side"), ({"name": "", "side": "10"}, "name")],
)
def test_the_focus_is_at_the_first_wrong_field(data: dict[str, str] | None, focused: str) -> None:
    form = Wish(data)
    for field in form:
        # Most of those that include it say nothing of the focus.
        context = {"field": field} | ({"focus": True} if field.name == "name" else {})
        html = render_to_string("_field.html", context)
        assert ("autofocus" in html) == (field.name == focused)
