"""Tasks given to an agent, and the numbered steps that are known of them."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from agents.states import OVER, State
from computers.models import Capture, Computer, Connection, opaque_id
from dashboard.audit import Target
from dashboard.models import Team, User

#: How much of an instruction names a task, characters.
LABEL_LENGTH = 80


def new_key() -> str:
    """A start's idempotency key: made once, before anything is sent."""
    return f"lightdeck-{secrets.token_hex(16)}"


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, found through the person who asks."""

    def visible_to(self, user: User) -> TaskQuerySet:
        """Those of the user's teams."""
        return self.filter(connection__team__memberships__user=user)

    def unfinished(self) -> TaskQuerySet:
        """Those whose outcome is still to come."""
        return self.exclude(state__in=OVER)


class Task(models.Model):
    """One start. The row is there, with its key, before anything is sent: a start can be repeated and stays one task.

    `agents.recorder` writes what is known from upstream, and only while its claim holds.
    """

    public_id = models.CharField(max_length=16, unique=True, default=opaque_id)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tasks")
    computer = models.ForeignKey(
        Computer, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks"
    )
    upstream_id = models.CharField(max_length=128, blank=True)
    idempotency_key = models.CharField(max_length=64, unique=True, default=new_key)
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_by_name = models.CharField(max_length=150, blank=True)
    started_from = models.CharField(max_length=64, blank=True, help_text="Their address, for the audit log.")
    instruction = models.TextField()
    wish = models.JSONField(default=dict, help_text="The body that starts it, without its key.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.STARTING)
    upstream_word = models.CharField(max_length=64, blank=True, help_text="Upstream's status, raw.")
    model = models.CharField(max_length=128, blank=True)
    result = models.TextField(blank=True)
    used = models.CharField(
        max_length=128, blank=True, help_text="Tokens and cost, as its end said; empty: nothing."
    )
    error = models.TextField(blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    steps = models.PositiveIntegerField(default=0, help_text="The last number given out.")
    acts = models.PositiveIntegerField(default=0, help_text="Steps of the agent in which it acted.")
    gaps = models.PositiveIntegerField(default=0)
    last_event_id = models.CharField(max_length=128, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="From when on upstream may know of it.")
    finished_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, help_text="+1 at every change that a page shows.")
    # Who records it: any number of processes may run a recorder, a dead one's tasks are taken over.
    recorder = models.CharField(max_length=32, blank=True)
    recorder_until = models.DateTimeField(default=timezone.now)
    stuck_why = models.CharField(max_length=200, blank=True, help_text="The watchdog's sentence.")
    # A person took over: it stays paused until they hand back, or somebody else resumes it.
    taken_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    elsewhere = models.BooleanField(
        default=False,
        help_text="Started by others: its key is not known here, so only its status is asked for.",
    )
    stuck_since = models.DateTimeField(null=True, blank=True)
    needs_human_since = models.DateTimeField(null=True, blank=True)
    needs_human_why = models.CharField(max_length=300, blank=True)
    claimed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["state", "recorder_until"], name="task_by_state")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The instruction's beginning, in one line."""
        line = " ".join(self.instruction.split())
        return line if len(line) <= LABEL_LENGTH else line[: LABEL_LENGTH - 1] + "…"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes."""
        return self.state in OVER

    @property
    def is_steerable(self) -> bool:
        """Whether there is something to pause, resume or speak to, and a way to name it."""
        return bool(self.upstream_id) and not self.is_over

    @property
    def needs(self) -> str:
        """Why a person should look at it, a sentence; empty: nobody need."""
        return self.needs_human_why or self.stuck_why

    @property
    def needs_since(self) -> datetime | None:
        """How long it has waited for one; None while it does not."""
        return (self.needs_human_since or self.stuck_since or self.made_at) if self.needs else None

    @property
    def took(self) -> str:
        """How long it took, once it is over: 3:41."""
        seconds = int(((self.finished_at or timezone.now()) - self.made_at).total_seconds())
        hours, minutes = divmod(max(0, seconds) // 60, 60)
        return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"

    def as_target(self) -> Target:
        """What the audit log copies of it: no word of its instruction. Needs `connection` loaded."""
        return Target(self.connection.team_id, self.public_id, f"task {self.public_id[-6:]}")


class Step(models.Model):
    """One thing that is known to have happened, numbered without gaps in the order in which it became known."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="record")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=64, help_text="Upstream's type of event, raw; or one of ours.")
    ours = models.BooleanField(default=False, help_text="Said by Lightdeck or a person, not by upstream.")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField(blank=True)
    cut = models.PositiveIntegerField(default=0, help_text="Characters that were left out.")
    data = models.JSONField(null=True, blank=True)
    # A link is a key to its picture and runs out: it is kept only until the copy is made, or cannot be.
    picture_url = models.TextField(blank=True)
    picture_trouble = models.CharField(max_length=300, blank=True)
    capture = models.ForeignKey(Capture, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    upstream_event = models.CharField(max_length=128, blank=True)

    class Meta:
        ordering = ["task", "number"]
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="one_step_per_number"),
            models.UniqueConstraint(
                fields=["task", "upstream_event"],
                condition=~Q(upstream_event=""),
                name="one_step_per_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"


class Template(models.Model):
    """A start form that a team keeps."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="task_templates")
    name = models.CharField(max_length=80)
    fields = models.JSONField(default=dict, help_text="The form's fields, as they were typed.")
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_template_name_per_team")]

    def __str__(self) -> str:
        return self.name
