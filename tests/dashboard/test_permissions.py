"""Who may do what."""

import pytest
from django.core.exceptions import PermissionDenied

from dashboard.models import Membership, Team, User
from dashboard.permissions import RULES, Action, Needs, Role, allows, require

#: The whole table again, by hand: a change of it is a decision, not a side effect.
LOWEST = {
    Action.WATCH: Role.VIEWER,
    Action.CREATE: Role.OPERATOR,
    Action.NAVIGATE: Role.OPERATOR,
    Action.BACK: Role.OPERATOR,
    Action.FORWARD: Role.OPERATOR,
    Action.RELOAD: Role.OPERATOR,
    Action.INPUT: Role.OPERATOR,
    Action.CLICK: Role.OPERATOR,
    Action.DOUBLE_CLICK: Role.OPERATOR,
    Action.RIGHT_CLICK: Role.OPERATOR,
    Action.DRAG: Role.OPERATOR,
    Action.SCROLL: Role.OPERATOR,
    Action.TYPE: Role.OPERATOR,
    Action.HOTKEY: Role.OPERATOR,
    Action.KEY_DOWN: Role.OPERATOR,
    Action.KEY_UP: Role.OPERATOR,
    Action.MOUSE_DOWN: Role.OPERATOR,
    Action.MOUSE_UP: Role.OPERATOR,
    Action.EXECUTE: Role.OPERATOR,
    Action.BATCH: Role.OPERATOR,
    Action.VIEWPORT: Role.OPERATOR,
    Action.PROXY: Role.OPERATOR,
    Action.CREATE_TAB: Role.OPERATOR,
    Action.CLOSE_TAB: Role.OPERATOR,
    Action.SWITCH_TAB: Role.OPERATOR,
    Action.RECORD: Role.OPERATOR,
    Action.RUN_MACRO: Role.OPERATOR,
    Action.COPY_TEXT: Role.OPERATOR,
    Action.SCREENSHOT: Role.OPERATOR,
    Action.HTML: Role.OPERATOR,
    Action.KEEP_ALIVE: Role.OPERATOR,
    Action.HOLD_OPEN: Role.OPERATOR,
    Action.EXEC: Role.OPERATOR,
    Action.DEBUG: Role.OPERATOR,
    Action.MANAGE_MACROS: Role.OPERATOR,
    Action.LIST_TABS: Role.VIEWER,
    Action.TERMINATE: Role.OPERATOR,
    Action.WATCH_TASK: Role.VIEWER,
    Action.START_TASK: Role.OPERATOR,
    Action.PAUSE_TASK: Role.OPERATOR,
    Action.RESUME_TASK: Role.OPERATOR,
    Action.MESSAGE_TASK: Role.OPERATOR,
    Action.TAKE_OVER: Role.OPERATOR,
    Action.HAND_BACK: Role.OPERATOR,
    Action.ADOPT_TASK: Role.OPERATOR,
    Action.CLAIM_TASK: Role.OPERATOR,
    Action.MANAGE_TEMPLATES: Role.OPERATOR,
    Action.USE_MODELS: Role.OPERATOR,
    Action.READ_RESPONSE: Role.OPERATOR,
    Action.CANCEL_RESPONSE: Role.OPERATOR,
    Action.DELETE_RESPONSE: Role.OPERATOR,
    Action.TAKE_CONTROL: Role.OPERATOR,
    Action.TAKE_ANYWAY: Role.OPERATOR,
    Action.REQUEST_CONTROL: Role.OPERATOR,
    Action.WITHDRAW_REQUEST: Role.OPERATOR,
    Action.GRANT_CONTROL: Role.OPERATOR,
    Action.DENY_CONTROL: Role.OPERATOR,
    Action.FORCE_CONTROL: Role.ADMIN,
    Action.RELEASE_CONTROL: Role.OPERATOR,
    Action.LAPSE: Role.OWNER,
    Action.READ_AUDIT: Role.ADMIN,
    Action.EXPORT_AUDIT: Role.ADMIN,
    Action.PRUNE_AUDIT: Role.OWNER,
    Action.MANAGE_CONNECTIONS: Role.ADMIN,
    Action.MANAGE_MEMBERS: Role.ADMIN,
    Action.JOIN: Role.VIEWER,
    Action.LEAVE: Role.VIEWER,
    Action.MANAGE_TEAM: Role.OWNER,
}
NEED_THE_LEASE = {
    Action.NAVIGATE,
    Action.BACK,
    Action.FORWARD,
    Action.RELOAD,
    Action.INPUT,
    Action.CLICK,
    Action.DOUBLE_CLICK,
    Action.RIGHT_CLICK,
    Action.DRAG,
    Action.SCROLL,
    Action.TYPE,
    Action.HOTKEY,
    Action.KEY_DOWN,
    Action.KEY_UP,
    Action.MOUSE_DOWN,
    Action.MOUSE_UP,
    Action.EXECUTE,
    Action.BATCH,
    Action.VIEWPORT,
    Action.PROXY,
    Action.CREATE_TAB,
    Action.CLOSE_TAB,
    Action.SWITCH_TAB,
    Action.RECORD,
    Action.RUN_MACRO,
    Action.HAND_BACK,
    Action.GRANT_CONTROL,
    Action.DENY_CONTROL,
}


def test_every_action_has_a_rule() -> None:
    assert set(RULES) == set(Action) == set(LOWEST)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_stands_in_the_table_and_whatever_a_lower_one_may(
    role: Role, action: Action
) -> None:
    roles = list(Role)
    assert allows(role, action) is (roles.index(role) >= roles.index(LOWEST[action]))


@pytest.mark.parametrize("action", list(Action))
def test_nobody_without_a_role_may_do_anything(action: Action) -> None:
    assert not allows(None, action)


def test_what_drives_needs_the_lease_and_nothing_else_does() -> None:
    assert {action for action, rule in RULES.items() if rule.needs is Needs.LEASE} == NEED_THE_LEASE
    assert RULES[Action.TERMINATE].needs is Needs.CONFIRMATION


def test_it_reads_the_role_of_this_moment(bob: User, team: Team) -> None:
    assert require(bob, Action.CREATE, team.pk) is Role.OPERATOR
    Membership.objects.filter(user=bob).update(role=Role.VIEWER)
    with pytest.raises(PermissionDenied):
        require(bob, Action.CREATE, team.pk)


def test_a_role_in_one_team_is_none_in_another(charlie: User, team: Team) -> None:
    with pytest.raises(PermissionDenied):
        require(charlie, Action.WATCH, team.pk)


def test_a_closed_account_has_no_role(alice: User, team: Team) -> None:
    alice.is_active = False
    with pytest.raises(PermissionDenied):
        require(alice, Action.WATCH, team.pk)
