"""The form "New task": what is often used in the open, the rest folded away."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.models import Task, Template
from agents.views.common import number
from agents.wish import HARNESSES, INSTRUCTION_LIMIT, KINDS, MISSING, NAME_LIMIT, PROMPT_LIMIT, TaskWish
from computers.models import Computer, Connection
from computers.views.common import explained
from dashboard.database import unit
from dashboard.models import User

#: Computers that are offered.
OFFERED = 200
#: Fields that a template does not keep: they are this start's own.
NOT_KEPT = frozenset({"computers", "connection"})
#: Said of the field "Model": the built-in one looks like a model that understands anything.
OF_MODELS = (
    "Empty: the service's own. The local server has local.scripted built in, which is no language model: it does plain "
    "steps, such as: click 'Sign in', then type 'x' into 'Email'. What it cannot read, it asks a person about."
)
#: Which field a refusal belongs to, where its code is not the field's own name.
FIELD_OF_CODE = {"held": "computers", "agent_running": "computers", "gone": "computers"}
#: The fields that are folded away.
FOLDED = (
    "system_prompt",
    "temperature",
    "harness_version",
    "persistent",
    "keep_alive",
    "width",
    "height",
    "screenshots_inline",
    "environment_id",
    "on_missing_computer",
    "metadata",
)


def _choices(*words: str, empty: str = "The service's choice") -> list[tuple[str, str]]:
    return [("", empty), *((word, word.replace("_", " ").capitalize()) for word in words)]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TaskForm(forms.Form):
    """Everything the contract gives. What is left empty is upstream's to choose."""

    instruction = forms.CharField(label="Instruction", max_length=INSTRUCTION_LIMIT, widget=_area(5))
    computers = forms.MultipleChoiceField(
        label="Computers",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen: it opens one of its own. Several: the same task on each.",
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=_choices(*KINDS))
    start_page = forms.CharField(label="Start page", required=False)
    model = forms.CharField(label="Model", required=False, max_length=NAME_LIMIT, help_text=OF_MODELS)
    max_steps = forms.IntegerField(
        label="Most steps",
        required=False,
        min_value=1,
        help_text="Empty: the service's own limit; locally 100.",
    )
    max_minutes = forms.IntegerField(
        label="Most minutes",
        required=False,
        min_value=1,
        help_text="Empty: the service's own limit; locally 60.",
    )
    system_prompt = forms.CharField(
        label="System prompt",
        required=False,
        max_length=PROMPT_LIMIT,
        widget=_area(3),
        help_text="Added to the service's own.",
    )
    temperature = forms.FloatField(label="Temperature", required=False, min_value=0)
    harness_version = forms.ChoiceField(label="Harness", required=False, choices=_choices(*HARNESSES))
    persistent = forms.BooleanField(label="Save its computer at the end", required=False)
    keep_alive = forms.BooleanField(label="Leave its computer running at the end", required=False)
    width = forms.IntegerField(label="Width", required=False, min_value=1)
    height = forms.IntegerField(label="Height", required=False, min_value=1)
    screenshots_inline = forms.BooleanField(label="Screenshots inside the stream", required=False)
    environment_id = forms.CharField(label="Saved computer", required=False, max_length=NAME_LIMIT)
    on_missing_computer = forms.ChoiceField(
        label="If that is not there", required=False, choices=_choices(*MISSING)
    )
    metadata = forms.CharField(
        label="Tags", required=False, widget=_area(2), help_text="One to a line: name = value."
    )

    def __init__(
        self, connections: list[Connection], computers: list[Computer], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.connections = {str(each.pk): each for each in connections}
        self.known = {each.public_id: each for each in computers}
        if len(connections) > 1:
            names = [(pk, f"{each.name} ({each.team.name})") for pk, each in self.connections.items()]
            self.fields["connection"] = forms.ChoiceField(label="Connection", choices=names)
        self.fields["computers"] = forms.MultipleChoiceField(
            label="Computers",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="None chosen: it opens one of its own. Several: the same task on each.",
            choices=[(id, each.label) for id, each in self.known.items()],
        )
        self.fields["start_page"].widget.attrs |= {"inputmode": "url", "placeholder": "https://"}

    @property
    def folded(self) -> list[Any]:
        """What is seldom used."""
        return [self[name] for name in FOLDED]

    @property
    def is_folded(self) -> bool:
        """Whether nothing of that is used or wrong."""
        return not any(self[name].value() or self[name].errors for name in FOLDED)

    @property
    def chosen(self) -> list[Computer]:
        """The computers to start it on."""
        return [self.known[id] for id in self.cleaned_data["computers"]]

    @property
    def where(self) -> Connection:
        """Where it is started: where its computers are, else the one that was chosen."""
        if self.chosen:
            return self.connections[str(self.chosen[0].connection_id)]
        return self.connections[self.cleaned_data.get("connection") or next(iter(self.connections))]

    @property
    def wish(self) -> TaskWish:
        """What a valid form asks for."""
        data = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in NOT_KEPT and name != "metadata"
        }
        return TaskWish(**data, metadata=_tags(self.cleaned_data["metadata"]))

    def kept(self) -> dict[str, Any]:
        """What a template keeps."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in NOT_KEPT and value not in (None, "", False)
        }

    def refuse(self, error: Exception) -> int:
        """Show why the verb refused beside what caused it; returns the status of the reply."""
        sentence, status = explained(error)
        code = getattr(error, "code", "")
        field = "start_page" if code.startswith("address") else FIELD_OF_CODE.get(code, code)
        self.add_error(field if field in self.fields else None, sentence)
        return status


@unit
def startable(user: User, connections: list[Connection]) -> list[Computer]:
    """Live computers of these connections, for the form."""
    rows = Computer.objects.visible_to(user).live().filter(connection__in=connections)
    return list(rows.order_by("-started_at")[:OFFERED])


@unit
def beginning(user: User, fields: dict[str, str]) -> dict[str, Any]:
    """What the form begins with: `?template=`, `?like=` a task, `?computer=`."""
    found: dict[str, Any] = {}
    if (pk := number(fields.get("template", ""))) is not None:
        template = Template.objects.filter(pk=pk, team__memberships__user=user).first()
        found = dict(template.fields) if template else {}
    if like := fields.get("like"):
        mine = Task.objects.filter(connection__team__memberships__user=user)
        task = mine.filter(public_id=like).defer("connection__api_key").select_related("computer").first()
        found = _like(task) if task else found
    if computer := fields.get("computer"):
        found["computers"] = [computer]
    return found


def _like(task: Task) -> dict[str, Any]:
    wish = task.wish
    found = {name: wish[name] for name in ("model", "kind", "max_steps", "system_prompt") if name in wish}
    found |= {"instruction": task.instruction, "start_page": wish.get("start_url", "")}
    if seconds := wish.get("max_duration_seconds"):
        found["max_minutes"] = max(1, seconds // 60)
    if task.computer and not task.computer.is_gone and wish.get("computer_id"):
        found["computers"] = [task.computer.public_id]
    return found


def _tags(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if line.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}
