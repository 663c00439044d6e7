"""What the playground's views begin with: the connection that was chosen, and how a model is to answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest

from agents.playground.questions import Manner
from agents.views.common import number
from computers.actions.refusal import Invalid
from computers.models import Connection
from computers.views.common import person
from dashboard.database import unit
from dashboard.models import User
from dashboard.permissions import Action, Role, allows, require


@unit
def usable(user: User) -> list[Connection]:
    """The connections whose models the person may use."""
    roles = {membership.team_id: Role(membership.role) for membership in user.memberships.all()}
    teams = [team for team, role in roles.items() if allows(role, Action.USE_MODELS)]
    rows = Connection.objects.filter(team__in=teams).defer("api_key").select_related("team")
    return list(rows.order_by("team__name", "name"))


async def chosen(request: HttpRequest, action: Action) -> Connection:
    """The connection that the form names: 404 for what is not theirs, 403 for what their role forbids."""
    fields = request.POST if request.method == "POST" else request.GET
    pk = number(str(fields.get("connection", "")))
    if pk is None:
        raise Http404
    try:
        return await _find(person(request), pk, action)
    except Connection.DoesNotExist:
        raise Http404 from None


def manner_of(fields: Mapping[str, str]) -> Manner:
    """`Invalid` for what is no number."""
    most = _number(fields, "max_tokens", "That is no whole number.")
    if most is not None and most != int(most):
        raise Invalid("That is no whole number.", "max_tokens")
    return Manner(
        fields.get("model", "").strip(),
        fields.get("system", "").strip(),
        _number(fields, "temperature", "That is no number."),
        int(most) if most is not None else None,
    )


def _number(fields: Mapping[str, str], name: str, sentence: str) -> float | None:
    said = fields.get(name, "").strip()
    try:
        found = float(said) if said else None
    except ValueError:
        raise Invalid(sentence, name) from None
    if found is not None and not abs(found) < 1e15:
        raise Invalid(sentence, name)
    return found


@unit
def _find(user: User, pk: int, action: Action) -> Connection:
    mine = Connection.objects.filter(team__memberships__user=user).defer("api_key").select_related("team")
    connection = mine.get(pk=pk)
    require(user, action, connection.team_id)
    return connection
