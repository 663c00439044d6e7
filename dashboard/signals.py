"""Whatever changes what a person may do is told to their open sockets, which then look again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import SESSION_KEY
from django.db.models.signals import post_delete, post_save

from dashboard import live

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from django.contrib.sessions.models import Session

    from dashboard.models import Membership, User

#: Changes that every sign-in makes and that take no right away.
HARMLESS_FIELDS = frozenset({"last_login"})


def signed_out(instance: Session, **_: Any) -> None:
    """A session's row is gone. (`user_logged_out` comes too early: the session is still there then.)"""
    if user_id := instance.get_decoded().get(SESSION_KEY):
        _tell(int(user_id))


def changed_person(instance: User, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """A new password ends old sessions; an account may have been closed."""
    if not created and not (update_fields and update_fields <= HARMLESS_FIELDS):
        _tell(instance.pk)


def changed_membership(instance: Membership, **_: Any) -> None:
    """A role was given, changed or taken away."""
    _tell(instance.user_id)


def _tell(user_id: int) -> None:
    live.publish_on_commit(live.user_group(user_id), live.AUTHORITY)


def changed_second_factor(instance: Authenticator, **_: Any) -> None:
    """A team that requires one opens, or closes."""
    _tell(instance.user_id)


# Senders by name: the models do not exist yet when the application is being loaded.
post_delete.connect(signed_out, sender="sessions.Session")
post_save.connect(changed_person, sender="dashboard.User")
for signal in (post_save, post_delete):
    signal.connect(changed_membership, sender="dashboard.Membership")
    signal.connect(changed_second_factor, sender="mfa.Authenticator")
