"""The forms of the region "Actions", as a table: which fields, which verb, and what can be picked from the screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from computers.actions import generic, inputs, keys, pointer, steps
from computers.actions.batch import StepResult, batch
from computers.actions.perform import Done
from computers.actions.refusal import Refused
from computers.models import Computer
from computers.upstream.errors import Mistaken
from computers.upstream.verbs import DEBUG_LIMIT
from computers.views.common import explained
from dashboard.permissions import RULES, Action, Actor, Needs

Fields = dict[str, Any]
Act = Callable[[Actor, Computer, Fields], Awaitable[Done | list[StepResult]]]


#: Which field a refusal belongs to, where the verb calls it otherwise (a field called "action" would hide its form's).
FIELD_OF_CODE = {"action": "step", "actions": "steps"}


class ActionForm(forms.Form):
    """Every form's own: the tab that the person sees, where a computer has several."""

    tab_id = forms.CharField(
        required=False, max_length=inputs.TAB_LIMIT, widget=forms.HiddenInput(attrs={"data-shown-tab": ""})
    )

    def refuse(self, error: Exception) -> int:
        """Show why the verb refused beside what caused it; returns the status of the reply."""
        sentence, status = explained(error)
        code = error.code if isinstance(error, Refused) else ""
        fields = self.visible_fields()
        if isinstance(error, Mistaken) and len(fields) == 1:
            # Upstream does not say which value it means, but there is only one.
            code = fields[0].name
        code = FIELD_OF_CODE.get(code, code)
        visible = code in self.fields and not self.fields[code].widget.is_hidden
        self.add_error(code if visible else None, sentence)
        return status


def _place(label: str, *, required: bool = True, **options: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=required,
        min_value=0,
        max_value=inputs.COORDINATE_LIMIT,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        **options,
    )


def _way(label: str, initial: int) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        initial=initial,
        min_value=-inputs.COORDINATE_LIMIT,
        max_value=inputs.COORDINATE_LIMIT,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


def _line(label: str, help_text: str = "", **options: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    return forms.CharField(label=label, help_text=help_text, widget=forms.TextInput(attrs=attrs), **options)


def _lines(label: str, help_text: str = "", **options: Any) -> forms.CharField:
    attrs = {"rows": 4, "autocomplete": "off", "spellcheck": "false"}
    widget = forms.Textarea(attrs=attrs)
    return forms.CharField(label=label, help_text=help_text, widget=widget, strip=False, **options)


class PointForm(ActionForm):
    """One place."""

    x = _place("x")
    y = _place("y")


class DragForm(ActionForm):
    """From one place to another."""

    x1 = _place("From x")
    y1 = _place("From y")
    x2 = _place("To x")
    y2 = _place("To y")


class ScrollForm(ActionForm):
    """How far, and perhaps where."""

    dx = _way("To the right", 0)
    dy = _way("Down", 300)
    x = _place("x", required=False)
    y = _place("y", required=False)


class TypeForm(ActionForm):
    """A text."""

    text = _lines(
        "Text", "Typed into whatever has the focus. It is kept nowhere.", max_length=inputs.TEXT_LIMIT
    )


class HotkeyForm(ActionForm):
    """Keys together."""

    keys = _line("Keys", "Pressed together: ctrl+c", max_length=200)


class KeyForm(ActionForm):
    """One key."""

    key = _line("Key", "Its name, such as shift, enter or a.", max_length=inputs.KEY_LIMIT)


class ExecuteForm(ActionForm):
    """One action as JSON."""

    step = _lines("Action", 'One action as JSON: {"type": "wait", "ms": 500}', max_length=steps.JSON_LIMIT)


class BatchForm(ActionForm):
    """Many actions as JSON."""

    steps = _lines(
        "Actions", f"A JSON list of at most {steps.STEPS_LIMIT} actions; it stops at the first that fails."
    )


class DebugForm(ActionForm):
    """A command."""

    command = _line("Shell command", max_length=generic.COMMAND_LIMIT)
    timeout_seconds = forms.IntegerField(
        label="Time limit (seconds)", initial=DEBUG_LIMIT, min_value=1, max_value=generic.RUN_LIMIT
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One form. `picks` names the fields that a place on the screen fills: two for a point, four for a line."""

    slug: str
    title: str
    action: Action
    form: type[ActionForm]
    act: Act
    picks: tuple[str, ...] = ()
    #: What was entered is emptied once it was sent.
    secret: bool = False

    @property
    def needs_lease(self) -> bool:
        """Whether only the driver may."""
        return RULES[self.action].needs is Needs.LEASE

    def bound(self, data: Any = None) -> ActionForm:
        """The form, with the ids of this entry."""
        return self.form(data, auto_id=f"act-{self.slug}-%s")


def _point(verb: Callable[..., Awaitable[Done]]) -> Act:
    return lambda actor, computer, data: verb(actor, computer, data["x"], data["y"], data["tab_id"])


def _drag(actor: Actor, computer: Computer, data: Fields) -> Awaitable[Done]:
    places = (data["x1"], data["y1"], data["x2"], data["y2"])
    return pointer.drag(actor, computer, *places, data["tab_id"])


def _scroll(actor: Actor, computer: Computer, data: Fields) -> Awaitable[Done]:
    return pointer.scroll(actor, computer, data["dx"], data["dy"], data["x"], data["y"], data["tab_id"])


def _key(verb: Callable[..., Awaitable[Done]], field: str = "key") -> Act:
    return lambda actor, computer, data: verb(actor, computer, data[field], data["tab_id"])


async def _execute(actor: Actor, computer: Computer, data: Fields) -> Done:
    return await generic.execute(actor, computer, steps.parsed(data["step"], "step"))


async def _batch(actor: Actor, computer: Computer, data: Fields) -> list[StepResult]:
    return await batch(actor, computer, steps.parsed(data["steps"], "steps"))


def _debug(actor: Actor, computer: Computer, data: Fields) -> Awaitable[Done]:
    return generic.debug(actor, computer, data["command"], data["timeout_seconds"], data["tab_id"])


POINT, LINE = ("x", "y"), ("x1", "y1", "x2", "y2")

#: In the order of the page.
ENTRIES = {
    entry.slug: entry
    for entry in (
        Entry("click", "Click", Action.CLICK, PointForm, _point(pointer.click), POINT),
        Entry("double-click", "Double-click", Action.DOUBLE_CLICK, PointForm, _point(pointer.double_click), POINT),
        Entry("right-click", "Right-click", Action.RIGHT_CLICK, PointForm, _point(pointer.right_click), POINT),
        Entry("drag", "Drag", Action.DRAG, DragForm, _drag, LINE),
        Entry("scroll", "Scroll", Action.SCROLL, ScrollForm, _scroll, POINT),
        Entry("type", "Type text", Action.TYPE, TypeForm, _key(keys.type_text, "text"), secret=True),
        Entry("hotkey", "Hotkey", Action.HOTKEY, HotkeyForm, _key(keys.hotkey, "keys")),
        Entry("key-down", "Key down", Action.KEY_DOWN, KeyForm, _key(keys.key_down)),
        Entry("key-up", "Key up", Action.KEY_UP, KeyForm, _key(keys.key_up)),
        Entry("mouse-down", "Mouse down", Action.MOUSE_DOWN, PointForm, _point(pointer.mouse_down), POINT),
        Entry("mouse-up", "Mouse up", Action.MOUSE_UP, PointForm, _point(pointer.mouse_up), POINT),
        Entry("execute", "Execute", Action.EXECUTE, ExecuteForm, _execute),
        Entry("batch", "Batch", Action.BATCH, BatchForm, _batch),
        Entry("debug", "Debug", Action.DEBUG, DebugForm, _debug),
    )
}  # fmt: skip
