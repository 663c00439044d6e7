"""Who may do what: the one authority.

Roles grow: what a viewer may do, an operator may do too, and so on upward. Whether an action also needs the lease of
the computer, or a confirmation that names the driver, stands in the same table, so there is no second place to look.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import models

if TYPE_CHECKING:
    from dashboard.models import User


class Role(models.TextChoices):
    """A member's role in one team, lowest first."""

    VIEWER = "viewer", "Viewer"
    OPERATOR = "operator", "Operator"
    ADMIN = "admin", "Admin"
    OWNER = "owner", "Owner"


class Action(StrEnum):
    """Everything a person can do, named as the audit log names it."""

    WATCH = "computer.watch"
    CREATE = "computer.create"
    NAVIGATE = "computer.navigate"
    BACK = "computer.back"
    FORWARD = "computer.forward"
    RELOAD = "computer.reload"
    INPUT = "computer.input"
    CLICK = "computer.click"
    DOUBLE_CLICK = "computer.double_click"
    RIGHT_CLICK = "computer.right_click"
    DRAG = "computer.drag"
    SCROLL = "computer.scroll"
    TYPE = "computer.type"
    HOTKEY = "computer.hotkey"
    KEY_DOWN = "computer.key_down"
    KEY_UP = "computer.key_up"
    MOUSE_DOWN = "computer.mouse_down"
    MOUSE_UP = "computer.mouse_up"
    EXECUTE = "computer.execute"
    BATCH = "computer.batch"
    VIEWPORT = "computer.viewport"
    PROXY = "computer.proxy"
    COPY_TEXT = "computer.copy_text"
    SCREENSHOT = "computer.screenshot"
    HTML = "computer.html"
    KEEP_ALIVE = "computer.keep_alive"
    HOLD_OPEN = "computer.hold_open"
    EXEC = "computer.exec"
    DEBUG = "computer.debug"
    TERMINATE = "computer.terminate"
    LIST_TABS = "tab.list"
    CREATE_TAB = "tab.create"
    CLOSE_TAB = "tab.close"
    SWITCH_TAB = "tab.switch"
    RECORD = "macro.record"
    RUN_MACRO = "macro.run"
    MANAGE_MACROS = "macro.manage"
    WATCH_TASK = "task.watch"
    START_TASK = "task.start"
    PAUSE_TASK = "task.pause"
    RESUME_TASK = "task.resume"
    MESSAGE_TASK = "task.message"
    TAKE_OVER = "task.take_over"
    HAND_BACK = "task.hand_back"
    ADOPT_TASK = "task.adopt"
    CLAIM_TASK = "task.claim"
    MANAGE_TEMPLATES = "task.template"
    USE_MODELS = "model.use"
    READ_RESPONSE = "response.read"
    CANCEL_RESPONSE = "response.cancel"
    DELETE_RESPONSE = "response.delete"
    TAKE_CONTROL = "control.take"
    TAKE_ANYWAY = "control.take_anyway"
    REQUEST_CONTROL = "control.request"
    WITHDRAW_REQUEST = "control.withdraw"
    GRANT_CONTROL = "control.grant"
    DENY_CONTROL = "control.deny"
    FORCE_CONTROL = "control.force"
    RELEASE_CONTROL = "control.release"
    LAPSE = "control.lapse"
    READ_AUDIT = "audit.read"
    EXPORT_AUDIT = "audit.export"
    PRUNE_AUDIT = "audit.prune"
    MANAGE_CONNECTIONS = "connection.manage"
    MANAGE_MEMBERS = "member.manage"
    JOIN = "member.join"
    LEAVE = "member.leave"
    MANAGE_TEAM = "team.manage"


class Needs(Enum):
    """What an action needs besides the role."""

    NOTHING = "nothing"
    LEASE = "the lease of the computer"
    CONFIRMATION = "a confirmation that names the driver"


@dataclass(frozen=True, slots=True)
class Rule:
    """The lowest role that may act, and what else it needs."""

    role: Role
    needs: Needs = Needs.NOTHING


RULES: dict[Action, Rule] = {
    Action.WATCH: Rule(Role.VIEWER),
    Action.CREATE: Rule(Role.OPERATOR),
    Action.NAVIGATE: Rule(Role.OPERATOR, Needs.LEASE),
    Action.BACK: Rule(Role.OPERATOR, Needs.LEASE),
    Action.FORWARD: Rule(Role.OPERATOR, Needs.LEASE),
    Action.RELOAD: Rule(Role.OPERATOR, Needs.LEASE),
    Action.INPUT: Rule(Role.OPERATOR, Needs.LEASE),
    Action.CLICK: Rule(Role.OPERATOR, Needs.LEASE),
    Action.DOUBLE_CLICK: Rule(Role.OPERATOR, Needs.LEASE),
    Action.RIGHT_CLICK: Rule(Role.OPERATOR, Needs.LEASE),
    Action.DRAG: Rule(Role.OPERATOR, Needs.LEASE),
    Action.SCROLL: Rule(Role.OPERATOR, Needs.LEASE),
    Action.TYPE: Rule(Role.OPERATOR, Needs.LEASE),
    Action.HOTKEY: Rule(Role.OPERATOR, Needs.LEASE),
    Action.KEY_DOWN: Rule(Role.OPERATOR, Needs.LEASE),
    Action.KEY_UP: Rule(Role.OPERATOR, Needs.LEASE),
    Action.MOUSE_DOWN: Rule(Role.OPERATOR, Needs.LEASE),
    Action.MOUSE_UP: Rule(Role.OPERATOR, Needs.LEASE),
    Action.EXECUTE: Rule(Role.OPERATOR, Needs.LEASE),
    Action.BATCH: Rule(Role.OPERATOR, Needs.LEASE),
    Action.VIEWPORT: Rule(Role.OPERATOR, Needs.LEASE),
    Action.PROXY: Rule(Role.OPERATOR, Needs.LEASE),
    Action.COPY_TEXT: Rule(Role.OPERATOR),
    Action.SCREENSHOT: Rule(Role.OPERATOR),
    Action.HTML: Rule(Role.OPERATOR),
    Action.KEEP_ALIVE: Rule(Role.OPERATOR),
    Action.HOLD_OPEN: Rule(Role.OPERATOR),
    Action.EXEC: Rule(Role.OPERATOR),
    Action.DEBUG: Rule(Role.OPERATOR),
    Action.TERMINATE: Rule(Role.OPERATOR, Needs.CONFIRMATION),
    Action.LIST_TABS: Rule(Role.VIEWER),
    Action.CREATE_TAB: Rule(Role.OPERATOR, Needs.LEASE),
    Action.CLOSE_TAB: Rule(Role.OPERATOR, Needs.LEASE),
    Action.SWITCH_TAB: Rule(Role.OPERATOR, Needs.LEASE),
    Action.RECORD: Rule(Role.OPERATOR, Needs.LEASE),
    Action.RUN_MACRO: Rule(Role.OPERATOR, Needs.LEASE),
    Action.MANAGE_MACROS: Rule(Role.OPERATOR),
    Action.WATCH_TASK: Rule(Role.VIEWER),
    Action.START_TASK: Rule(Role.OPERATOR),
    Action.PAUSE_TASK: Rule(Role.OPERATOR),
    Action.RESUME_TASK: Rule(Role.OPERATOR),
    Action.MESSAGE_TASK: Rule(Role.OPERATOR),
    Action.TAKE_OVER: Rule(Role.OPERATOR),
    Action.HAND_BACK: Rule(Role.OPERATOR, Needs.LEASE),
    Action.ADOPT_TASK: Rule(Role.OPERATOR),
    Action.CLAIM_TASK: Rule(Role.OPERATOR),
    Action.MANAGE_TEMPLATES: Rule(Role.OPERATOR),
    Action.USE_MODELS: Rule(Role.OPERATOR),
    Action.READ_RESPONSE: Rule(Role.OPERATOR),
    Action.CANCEL_RESPONSE: Rule(Role.OPERATOR),
    Action.DELETE_RESPONSE: Rule(Role.OPERATOR),
    Action.TAKE_CONTROL: Rule(Role.OPERATOR),
    Action.TAKE_ANYWAY: Rule(Role.OPERATOR),
    Action.REQUEST_CONTROL: Rule(Role.OPERATOR),
    Action.WITHDRAW_REQUEST: Rule(Role.OPERATOR),
    Action.GRANT_CONTROL: Rule(Role.OPERATOR, Needs.LEASE),
    Action.DENY_CONTROL: Rule(Role.OPERATOR, Needs.LEASE),
    Action.FORCE_CONTROL: Rule(Role.ADMIN),
    Action.RELEASE_CONTROL: Rule(Role.OPERATOR),
    Action.LAPSE: Rule(Role.OWNER),
    Action.READ_AUDIT: Rule(Role.ADMIN),
    Action.EXPORT_AUDIT: Rule(Role.ADMIN),
    Action.PRUNE_AUDIT: Rule(Role.OWNER),
    Action.MANAGE_CONNECTIONS: Rule(Role.ADMIN),
    Action.MANAGE_MEMBERS: Rule(Role.ADMIN),
    Action.JOIN: Rule(Role.VIEWER),
    Action.LEAVE: Rule(Role.VIEWER),
    Action.MANAGE_TEAM: Rule(Role.OWNER),
}

_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, the browser tab they act from, and where from.

    `client` is the random id a tab keeps in sessionStorage; together with the person it is what holds a lease.
    """

    user: User
    client: str = ""
    address: str = ""

    @property
    def name(self) -> str:
        """The name that others see."""
        return self.user.display_name


def allows(role: Role | str | None, action: Action) -> bool:
    """Whether `role` may perform `action`; nobody without a role may do anything."""
    return role is not None and _RANK[Role(role)] >= _RANK[RULES[action].role]


def require(user: User, action: Action, team_id: int) -> Role:
    """The user's role in the team, or `PermissionDenied` if it does not allow `action`. Reads the database."""
    return allowed(user.role_in(team_id), action)


def allowed(role: Role | None, action: Action) -> Role:
    """`role`, or `PermissionDenied` if it does not allow `action`."""
    if role is None or not allows(role, action):
        raise PermissionDenied(f"Your role does not allow this: {action.value}.")
    return role
