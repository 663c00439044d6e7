"""The filters of the audit log, as an address has them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms

from dashboard.audit_reader import OUTCOMES, Question, worded
from dashboard.models import Team
from dashboard.permissions import Action

SEARCH_LIMIT = 200
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _actions() -> list[tuple[str, Any]]:
    """Every action under what it is done to, and all of one such group."""
    found: list[tuple[str, Any]] = [("", "Any")]
    by_group = sorted(Action, key=lambda action: action.value)
    for group, actions in groupby(by_group, key=lambda action: action.value.partition(".")[0]):
        every = (f"{group}.", f"{group}: anything")
        found.append((group.capitalize(), [every, *((each.value, worded(each.value)) for each in actions)]))
    return found


class AuditFilter(forms.Form):
    """What is left empty leaves nothing out. Moments are in UTC, as the exports have them."""

    q = forms.CharField(label="Search", required=False, max_length=SEARCH_LIMIT)
    team = forms.ChoiceField(label="Team", required=False)
    person = forms.CharField(label="Person", required=False, max_length=150)
    action = forms.ChoiceField(label="Action", required=False, choices=_actions())
    target = forms.CharField(label="Target", required=False, max_length=200)
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=[("", "Any"), *OUTCOMES.items()])
    since = forms.DateTimeField(label="From (UTC)", required=False, widget=MOMENT)
    until = forms.DateTimeField(label="Until (UTC)", required=False, widget=MOMENT)

    def __init__(self, teams: list[Team], people: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams, self.people = teams, people
        self.fields["team"] = forms.ChoiceField(
            label="Team",
            required=False,
            choices=[("", "All of mine"), *((team.slug, team.name) for team in teams)],
        )
        for name, field in self.fields.items():
            select = isinstance(field, forms.ChoiceField)
            field.widget.attrs |= {"class": "form-select" if select else "form-control"}
            if name == "person":
                field.widget.attrs |= {"list": "audit-people"}
        self.fields["q"].widget.attrs |= {"type": "search", "data-shortcut": "/"}

    @property
    def chosen_teams(self) -> list[Team]:
        """Whose log is asked for."""
        slug = self.cleaned_data["team"]
        return [team for team in self.teams if not slug or team.slug == slug]

    @property
    def question(self) -> Question:
        """What a valid form asks for."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in {"q", "team"}}
        return Question(**data, search=self.cleaned_data["q"])

    @property
    def rest(self) -> list[forms.BoundField]:
        """All but the search; one's only team is nothing to choose."""
        return [each for each in self if each.name != "q" and (each.name != "team" or len(self.teams) > 1)]

    @property
    def is_used(self) -> bool:
        """Whether anything is left out."""
        return any(self[name].value() for name in self.fields)
