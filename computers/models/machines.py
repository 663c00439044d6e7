"""Connections to a Lightcone service, and the computers found there."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F
from django.utils import timezone

from dashboard.audit import Target
from dashboard.database import unit
from dashboard.encryption import EncryptedTextField
from dashboard.models import Team, User
from dashboard.permissions import Action, Role, allowed

if TYPE_CHECKING:
    from datetime import datetime


#: Words of upstream for a status that mean to us what they say.
KNOWN_STATUSES = frozenset({"creating", "pending", "starting", "ready", "running", "failed", "error"})


def opaque_id() -> str:
    """Our own id for a computer: what pages and sockets say instead of upstream's."""
    return secrets.token_urlsafe(9)


class Connection(models.Model):
    """One Lightcone service a team uses. The key never leaves the server."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="connections")
    name = models.CharField(max_length=80)
    base_url = models.URLField(max_length=300)
    api_key = EncryptedTextField(lenient=True)
    kinds = models.JSONField(default=list, help_text="Kinds of computer this service can create.")
    # The poller's claim: any number of processes may run one, a dead one's work is taken over when the claim runs out.
    polled_by = models.CharField(max_length=32, blank=True)
    polled_until = models.DateTimeField(default=timezone.now)
    listed_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(
        max_length=300, blank=True, help_text="Why the last listing failed, as a sentence."
    )
    # Both have been seen to destroy computers of the real service, so whoever wants them switches them on.
    streams_commands = models.BooleanField(
        default=False, help_text="Commands are sent to /exec and their output arrives as it comes."
    )
    reads_events = models.BooleanField(
        default=False, help_text="What others do on its computers is read from /events into their timelines."
    )
    # Where it may not, opening a task's stream a second time could start a second task.
    attaches_tasks = models.BooleanField(
        default=False, help_text="A task's stream may be opened again by its key, and replays."
    )
    streams_tasks = models.BooleanField(
        default=True,
        help_text="Off: a stream and a start with one key became two tasks here, so none is read.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_connection_name_per_team")]

    def __str__(self) -> str:
        return self.name


class ComputerQuerySet(models.QuerySet["Computer"]):
    """Computers, found through the person who asks."""

    def visible_to(self, user: User) -> ComputerQuerySet:
        """Those of the user's teams: a stranger's computer and a missing one look alike."""
        return self.filter(connection__team__memberships__user=user)

    def live(self) -> ComputerQuerySet:
        """Those that upstream still has."""
        return self.filter(gone_at=None)


class Computer(models.Model):
    """One machine upstream, as we last saw it. `status` is upstream's word, kept raw."""

    public_id = models.CharField(max_length=16, unique=True, default=opaque_id)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="computers")
    upstream_id = models.CharField(max_length=128)
    name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=16, default="browser")
    status = models.CharField(max_length=32, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    scale = models.FloatField(default=1.0, help_text="Picture pixels in one CSS pixel.")
    cdp_path = models.CharField(
        max_length=300, blank=True, help_text="Upstream's CDP endpoint; empty: none offered."
    )
    main_tab = models.CharField(max_length=64, blank=True, help_text="The tab people saw last.")
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    idle_expires_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    gone_reason = models.CharField(max_length=200, blank=True)
    persistent = models.BooleanField(default=False, help_text="Upstream saves it when it ends.")
    environment_id = models.CharField(
        max_length=128, blank=True, help_text="The saved computer it was resumed from."
    )
    # Somebody asked to keep it alive though nobody drives; bounded, so that nothing forgotten lives for ever.
    held_open_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    held_open_until = models.DateTimeField(null=True, blank=True)
    # The keeper's claim: any number of processes may run one, and each time one of them keeps the computer alive.
    kept_alive_at = models.DateTimeField(null=True, blank=True)
    # The claim of the process that reads its /events: a dead one's work is taken over when the claim runs out.
    events_by = models.CharField(max_length=32, blank=True)
    events_until = models.DateTimeField(default=timezone.now)
    # The known task of an agent there, written by `agents`: who drives and what works must not meet.
    agent_task = models.CharField(max_length=16, blank=True, help_text="Our id of it; empty: none.")
    agent_label = models.CharField(max_length=80, blank=True)
    agent_state = models.CharField(max_length=16, blank=True, help_text="running, paused, or unconfirmed.")
    agent_needs = models.CharField(max_length=300, blank=True, help_text="What it waits for a person for.")
    agent_needs_since = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="+1 at every change that a page shows.")
    #: What went wrong beside its creation, a sentence for whoever opened it. Not stored.
    notice = ""

    objects = ComputerQuerySet.as_manager()

    class Meta:
        ordering = ["gone_at", "-started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "upstream_id"], name="one_row_per_computer")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name people gave it, else its kind and the id's last six."""
        return self.name or f"{self.kind} {self.upstream_id[-6:]}"

    @property
    def status_word(self) -> str:
        """Upstream's status: one that we know in lower case, any other as it came."""
        word: str = self.status.lower()
        return word if word in KNOWN_STATUSES else self.status or "unknown"

    @property
    def is_gone(self) -> bool:
        """Whether upstream no longer has it."""
        return self.gone_at is not None

    def ends_at(self) -> datetime | None:
        """The sooner of its two limits, if it has any. No idle limit counts while it is held open."""
        idle = self.idle_expires_at
        if idle and self.held_open_until:
            idle = max(idle, self.held_open_until)
        return min((at for at in (self.expires_at, idle) if at), default=None)

    def held_by(self) -> str:
        """Who holds it open, while somebody does. Needs `held_open_by` loaded."""
        if self.is_gone or self.held_open_until is None or self.held_open_until <= timezone.now():
            return ""
        return self.held_open_by.display_name if self.held_open_by else "Somebody"

    def as_target(self) -> Target:
        """What the audit log copies of it. Needs `connection` loaded."""
        return Target(self.connection.team_id, self.public_id, self.label)


@dataclass(frozen=True, slots=True)
class Seen:
    """A computer as one person sees it. `role` is theirs, None for a closed account."""

    computer: Computer
    role: Role | None

    def for_(self, action: Action) -> Computer:
        """The computer, or `PermissionDenied` for a role that may not."""
        allowed(self.role, action)
        return self.computer


@unit
def find_computer(user: User, public_id: str, action: Action) -> Computer:
    """The computer, found through the user and then required: `DoesNotExist` for a stranger, `PermissionDenied` for a
    role that may not."""
    return see(user, public_id).for_(action)


@unit
def find_with_role(user: User, public_id: str, action: Action) -> tuple[Computer, Role]:
    """`find_computer`, and the user's role beside it."""
    seen = see(user, public_id)
    return seen.computer, allowed(seen.role, action)


def see(user: User, public_id: str) -> Seen:
    """The computer, found through the user: `DoesNotExist` for a stranger. For code inside a unit."""
    # The role comes with the membership that makes it visible: every page and every verb begins here.
    rows = Computer.objects.visible_to(user).annotate(role=F("connection__team__memberships__role"))
    computer: Any = rows.select_related("connection__team").get(public_id=public_id)
    return Seen(computer, Role(computer.role) if user.is_active else None)
