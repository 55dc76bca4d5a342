"""Integrations: who may talk to us, approved by a second person, never edited."""

import uuid

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.tenancy.models import Operator


class IntegrationState(models.TextChoices):
    """An integration's life; nothing can be edited after it was submitted."""

    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    ACTIVE = "active", "Active"
    REJECTED = "rejected", "Rejected"
    DISCONNECTED = "disconnected", "Disconnected"


class KindFlag(models.Model):
    """Whether an operator may connect integrations of a kind; set by platform admins."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    is_enabled = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["kind"]
        constraints = [models.UniqueConstraint(fields=["operator", "kind"], name="kind_flag_once")]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.kind}"


class Integration(models.Model):
    """A connection as it was submitted. Credentials are sealed and are never shown again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    transport = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    sealed_credentials = models.BinaryField(null=True)
    state = models.CharField(
        max_length=20, choices=IntegrationState.choices, default=IntegrationState.AWAITING_APPROVAL
    )
    approval = models.ForeignKey(
        "approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    state_reason = models.CharField(max_length=300, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    submitted_by = models.ForeignKey("accounts.StaffUser", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-submitted_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="integration_of_operator"),
            models.UniqueConstraint(
                fields=["operator", "name"],
                condition=models.Q(state__in=["awaiting_approval", "active"]),
                name="integration_name_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=IntegrationState.values), name="integration_state_known"
            ),
        ]
        triggers = [
            guards.Protect(name="integration_kept", operation=pgtrigger.Delete),
            guards.FSM(
                name="integration_transitions",
                field="state",
                transitions=[
                    ("awaiting_approval", "active"),
                    ("awaiting_approval", "rejected"),
                    ("active", "disconnected"),
                ],
            ),
            guards.ReadOnly(
                name="integration_fixed",
                fields=[
                    "operator",
                    "kind",
                    "name",
                    "transport",
                    "settings",
                    "sealed_credentials",
                    "submitted_by",
                    "submitted_at",
                ],
            ),
            guards.Trigger(
                name="integration_approved_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="active"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM approvals_approval a WHERE a.id = NEW.approval_id AND a.operator_id = NEW.operator_id
                        AND a.kind = 'integration.connect' AND a.object_id = NEW.id::text AND a.state = 'approved'
                        AND a.requested_by_id = NEW.submitted_by_id AND a.decided_by_id <> NEW.submitted_by_id
                    ) THEN
                        RAISE EXCEPTION 'connecting an integration needs a second person' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,  # noqa: E501
            ),
        ]

    def __str__(self) -> str:
        return self.name
