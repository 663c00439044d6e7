"""The form "New computer", and the connections that a person may open one on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from computers.actions.wish import MINUTES_LIMIT, NAME_LIMIT, SIDE_LIMIT, NewComputer
from computers.models import Computer, Connection
from computers.records import ID_LENGTH
from computers.views.common import explained
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows

#: Suggested size, CSS pixels: what most pages are made for, and what the screen shows sharply on a small laptop.
SUGGESTED_WIDTH, SUGGESTED_HEIGHT = 1280, 800
SUGGESTED_LIFETIME_MINUTES, SUGGESTED_IDLE_MINUTES = 60, 15

#: Which field a refusal of the verb belongs to, by its code.
FIELD_OF_CODE = {
    "kind": "kind",
    "name": "name",
    "size": "width",
    "lifetime_minutes": "lifetime",
    "idle_minutes": "idle_limit",
    "environment_id": "environment_id",
}


def _whole(label: str, most: int, suggested: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, initial=suggested, required=False)


class NewComputerForm(forms.Form):
    """The fields of design §7. What is left empty is upstream's to choose."""

    kind = forms.ChoiceField(label="Kind")
    name = forms.CharField(label="Name", max_length=NAME_LIMIT, required=False)
    start_page = forms.CharField(label="Start page", required=False)
    width = _whole("Width", SIDE_LIMIT, SUGGESTED_WIDTH)
    height = _whole("Height", SIDE_LIMIT, SUGGESTED_HEIGHT)
    lifetime = _whole("Lifetime (minutes)", MINUTES_LIMIT, SUGGESTED_LIFETIME_MINUTES)
    idle_limit = _whole("Idle limit (minutes)", MINUTES_LIMIT, SUGGESTED_IDLE_MINUTES)
    persistent = forms.BooleanField(
        label="Keep it (persistent)",
        required=False,
        help_text="Its cookies and storage are saved when it ends, and can be resumed.",
    )
    # The choices are the service's, which may be slow or away: they are loaded beside the form.
    environment_id = forms.CharField(
        label="Resume a saved computer", required=False, max_length=ID_LENGTH, widget=forms.Select
    )

    def __init__(self, connections: list[Connection], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.connections = {str(connection.pk): connection for connection in connections}
        if len(connections) > 1:
            names = [(pk, f"{each.name} ({each.team.name})") for pk, each in self.connections.items()]
            self.fields["connection"] = forms.ChoiceField(label="Connection", choices=names)
        kinds = dict.fromkeys(kind for connection in connections for kind in connection.kinds)
        self.fields["kind"] = forms.ChoiceField(
            label="Kind", choices=[(kind, kind.capitalize()) for kind in kinds]
        )
        self.order_fields(["connection", "kind"])
        self.fields["name"].help_text = "Empty: its kind and the end of its id."
        self.fields["start_page"].widget.attrs |= {
            "inputmode": "url",
            "placeholder": "https://",
            "autocomplete": "off",
        }

    @property
    def chosen(self) -> Connection:
        """The connection to open it on."""
        return self.connections[self.cleaned_data.get("connection") or next(iter(self.connections))]

    @property
    def wish(self) -> NewComputer:
        """What a valid form asks for."""
        data = self.cleaned_data
        return NewComputer(
            kind=data["kind"],
            name=data["name"],
            width=data["width"],
            height=data["height"],
            start_page=data["start_page"],
            lifetime_minutes=data["lifetime"],
            idle_minutes=data["idle_limit"],
            persistent=data["persistent"],
            environment_id=data["environment_id"],
        )

    def refuse(self, error: Exception) -> int:
        """Show why the verb refused beside what caused it; returns the status of the reply."""
        sentence, status = explained(error)
        code = getattr(error, "code", "")
        field = "start_page" if code.startswith("address") else FIELD_OF_CODE.get(code)
        self.add_error(field if field in self.fields else None, sentence)
        return status


@dataclass(frozen=True, slots=True)
class Choices:
    """A person's connections: every one they see, and those they may open computers on."""

    every: list[Connection]
    creatable: list[Connection]
    may_create: bool
    in_a_team: bool


@unit
def connections_of(user: User) -> Choices:
    """Read through the person: connections of their teams, with their role in each."""
    roles = {membership.team_id: Role(membership.role) for membership in user.memberships.all()}
    every = list(
        Connection.objects.filter(team__in=roles).select_related("team").order_by("team__name", "name")
    )
    creatable = [each for each in every if each.kinds and allows(roles[each.team_id], Action.CREATE)]
    may_create = any(allows(role, Action.CREATE) for role in roles.values())
    return Choices(every, creatable, may_create, bool(roles))


@unit
def like(user: User, public_id: str) -> dict[str, Any]:
    """What the form begins with to open another computer like this one."""
    computer = Computer.objects.visible_to(user).filter(public_id=public_id).first()
    if computer is None:
        return {}
    fields: dict[str, Any] = {
        "kind": computer.kind,
        "name": computer.name,
        "connection": str(computer.connection_id),
    }
    if computer.width and computer.height:
        fields |= {"width": computer.width, "height": computer.height}
    if computer.expires_at:
        fields["lifetime"] = max(1, round((computer.expires_at - computer.started_at).total_seconds() / 60))
    return fields
