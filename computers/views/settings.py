"""What can be set on a running computer: its screen's size and its way out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from computers.actions import network, screen
from computers.actions.refusal import Refused
from computers.actions.steps import PROXY_LIMIT, SCALES, VIEWPORT_SIDES, proxy_for_log
from computers.models import Computer
from computers.upstream.errors import Mistaken
from computers.views.common import REFUSALS, actor_of, explained, found, signed_in
from dashboard.htmx import dialog_done, is_htmx
from dashboard.permissions import Action

#: Sizes that people test with, CSS pixels, and a word for those that need one.
PRESETS = (
    (1280, 720, ""),
    (1280, 800, ""),
    (1440, 900, ""),
    (1920, 1080, ""),
    (390, 844, "phone"),
)


def _side(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=VIEWPORT_SIDES[0], max_value=VIEWPORT_SIDES[1])


class ViewportForm(forms.Form):
    """CSS pixels, and how many picture pixels one of them takes."""

    width = _side("Width")
    height = _side("Height")
    scale_factor = forms.FloatField(
        label="Scale",
        min_value=SCALES[0],
        max_value=SCALES[1],
        initial=1.0,
        widget=forms.NumberInput(attrs={"step": "0.25"}),
    )


class ProxyForm(forms.Form):
    """An address; it is shown to nobody again."""

    proxy_url = forms.CharField(
        label="Proxy URL",
        required=False,
        max_length=PROXY_LIMIT,
        help_text="http://host:8080, with name:password@ before the host if it needs one. Empty: no proxy.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def viewport(request: HttpRequest, public_id: str) -> HttpResponse:
    """The screen's size: a preset, or three numbers."""
    computer = await found(request, public_id, Action.VIEWPORT)
    initial = {"width": computer.width or 1280, "height": computer.height or 720, "scale_factor": 1.0}
    extra: dict[str, Any] = {"presets": PRESETS}
    if request.method != "POST":
        return _dialog(request, computer, "viewport", ViewportForm(initial=initial), **extra)
    data = request.POST.dict()
    width, _, height = data.get("preset", "").partition("x")
    if height:
        data |= {"width": width, "height": height}
        data["scale_factor"] = "1"
    form = ViewportForm(data)

    async def act(values: dict[str, Any]) -> str:
        size = (values["width"], values["height"], values["scale_factor"])
        await screen.viewport(actor_of(request), computer, *size)
        return f"The size is {size[0]} × {size[1]} at a scale of {size[2]:g} now."

    return await _acted(request, computer, "viewport", form, act, **extra)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
async def proxy(request: HttpRequest, public_id: str) -> HttpResponse:
    """The way out, for every tab at once. The address that was sent is not sent back."""
    computer = await found(request, public_id, Action.PROXY)
    if request.method != "POST":
        return _dialog(request, computer, "proxy", ProxyForm())

    async def act(values: dict[str, Any]) -> str:
        url = values["proxy_url"]
        await network.change_proxy(actor_of(request), computer, url)
        return f"Every tab goes through {proxy_for_log(url)} now." if url else "There is no proxy any more."

    return await _acted(request, computer, "proxy", ProxyForm(request.POST), act, emptied=ProxyForm())


async def _acted(
    request: HttpRequest,
    computer: Computer,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Awaitable[str]],
    *,
    emptied: forms.Form | None = None,
    **extra: Any,
) -> HttpResponse:
    """The dialog again with what is wrong beside its field, or no dialog and what was done, beside the toolbar; as a
    page of its own it stays, and `emptied` forgets what was sent."""
    if not form.is_valid():
        return _dialog(request, computer, name, form, 422, **extra)
    try:
        extra["said"] = await act(form.cleaned_data)
    except REFUSALS as refusal:
        sentence, status = explained(refusal)
        code = refusal.code if isinstance(refusal, Refused) else ""
        if isinstance(refusal, Mistaken) and len(form.fields) == 1:
            code = next(iter(form.fields))
        form.add_error(code if code in form.fields else None, sentence)
        return _dialog(request, computer, name, form, status, **extra)
    if is_htmx(request):
        return dialog_done(render(request, "computers/_answer.html", {"said": extra["said"]}))
    return _dialog(request, computer, name, emptied or form, **extra)


def _dialog(
    request: HttpRequest, computer: Computer, name: str, form: forms.Form, status: int = 200, **extra: Any
) -> HttpResponse:
    page = f"computers/actions/_{name}.html" if is_htmx(request) else f"computers/actions/{name}.html"
    return render(request, page, {"computer": computer, "form": form, **extra}, status=status)
