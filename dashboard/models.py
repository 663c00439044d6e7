"""People, their teams, and what they did."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone

from dashboard.permissions import Action, Role, allows

#: What counts as one, as allauth names it; recovery codes stand in for a lost one and are none of their own.
SECOND_FACTORS = ("totp", "webauthn")


class User(AbstractUser):
    """A person who signs in."""

    #: Whether a page's header offers the audit log; a view that shows a page sets it.
    reads_audit = False

    @property
    def display_name(self) -> str:
        """The name that others see."""
        return self.get_full_name() or self.username

    def role_in(self, team_id: int) -> Role | None:
        """This person's role in the team, or None for a stranger. One query, never cached: roles change under us."""
        rows = self.memberships.filter(team_id=team_id)
        role, strict = rows.values_list("role", "team__requires_second_factor").first() or ("", False)
        if not (role and self.is_active) or (strict and not self.has_second_factor()):
            return None
        return Role(role)

    def has_second_factor(self) -> bool:
        """Whether a password alone does not sign this person in. Reads the database."""
        rows: models.Manager[models.Model] = getattr(self, "authenticator_set")  # noqa: B009  allauth's
        return rows.filter(type__in=SECOND_FACTORS).exists()

    def team_that_waits(self) -> Team | None:
        """A team that requires a second factor of this person, who has none; None where nothing is missing."""
        strict = Team.objects.filter(memberships__user=self, requires_second_factor=True).first()
        return None if strict is None or self.has_second_factor() else strict

    def teams_for(self, action: Action) -> list[Team]:
        """The teams in which this person may do that now, by name."""
        roles = [role for role in Role if allows(role, action)] if self.is_active else []
        rows = self.memberships.filter(role__in=roles).select_related("team")
        return sorted((each.team for each in rows), key=lambda team: (team.name.casefold(), team.pk))


class Team(models.Model):
    """The people who share connections, computers and an audit log."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")
    created_at = models.DateTimeField(auto_now_add=True)
    requires_second_factor = models.BooleanField(
        default=False, help_text="No member's pages and sockets open before they have set one up."
    )

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one team."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "team"], name="one_role_per_team")]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.team}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> InvitationQuerySet:
        """Those that may still be accepted."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A link that makes whoever has it a member, once. Only the token's hash is kept."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.VIEWER)
    email = models.EmailField(
        blank=True, help_text="Only for an account with this address; empty: for anybody."
    )
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.role} of {self.team}"


class Outcome(models.TextChoices):
    """How far an action got."""

    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class AppendOnly(Exception):
    """An audit row was about to be changed or deleted."""


class AuditEvent(models.Model):
    """One line of the audit log. Names are copied in, so a row outlives what it speaks of. Written by `dashboard.audit`
    only. What it tells never changes; the last three columns are filled once, when it joins its team's chain."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="audit_events")
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action_id = models.CharField(max_length=32, db_index=True)
    action = models.CharField(max_length=48)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    actor_id_copy = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    actor_address = models.CharField(max_length=64, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_name = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    chain_seq = models.PositiveBigIntegerField(null=True, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["-id"]
        # However large the log is, what waits for the chain is found at once; and no two rows ever take one place.
        indexes = [
            models.Index(fields=["id"], condition=models.Q(chain_seq=None), name="audit_unchained"),
            models.Index(fields=["team", "id"], name="audit_of_team"),
        ]
        constraints = [models.UniqueConstraint(fields=["team", "chain_seq"], name="one_place_in_the_chain")]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_name} {self.action} {self.target_name}: {self.outcome}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("The audit log is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly("The audit log is append-only.")


class AuditChain(models.Model):
    """Where a team's chain ends, and where what is left of it begins. Whoever moves `count` from what they read joins
    rows; another process that read the same may not."""

    team = models.OneToOneField(Team, on_delete=models.PROTECT, primary_key=True, related_name="audit_chain")
    count = models.PositiveBigIntegerField(default=0, help_text="Rows that were ever chained.")
    hash = models.CharField(max_length=64, help_text="The hash of the last of them.")
    pruned_count = models.PositiveBigIntegerField(default=0, help_text="Rows that retention deleted.")
    pruned_hash = models.CharField(max_length=64, help_text="The hash of the last of those: the anchor.")

    def __str__(self) -> str:
        return f"{self.hash}:{self.count}"


class Sweep(models.Model):
    """How far a service has come that looks through rows in their order. Whoever counts `turn` up may write what it
    found; another process that looked at the same time may not."""

    name = models.CharField(max_length=32, primary_key=True)
    turn = models.PositiveBigIntegerField(default=0)
    reached = models.PositiveBigIntegerField(default=0, help_text="Up to this key nothing is left to do.")

    def __str__(self) -> str:
        return f"{self.name}: {self.reached}"
