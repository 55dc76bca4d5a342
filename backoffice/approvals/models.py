"""Requests that need a second person. The database refuses the first one."""

import uuid

import pgtrigger
from django.db import models

from backoffice.accounts.models import StaffUser
from backoffice.core import guards
from backoffice.tenancy.models import Brand, Operator


class ApprovalState(models.TextChoices):
    """Where a request stands."""

    PENDING = "pending", "Awaiting approval"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Approval(models.Model):
    """One request: what, by whom, why, before and after; and who decided it, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=ApprovalState.choices, default=ApprovalState.PENDING)
    requested_by = models.ForeignKey(StaffUser, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reason = models.TextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    decided_by = models.ForeignKey(StaffUser, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="approval_of_operator"),
            models.UniqueConstraint(
                fields=["operator", "kind", "object_id"],
                condition=models.Q(state="pending"),
                name="approval_one_pending",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("requested_by")),
                name="approval_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["approved", "rejected"])
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(condition=models.Q(state__in=ApprovalState.values), name="approval_state_known"),
        ]
        triggers = [
            guards.Protect(name="approval_kept", operation=pgtrigger.Delete),
            guards.Protect(
                name="approval_decided_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["approved", "rejected", "withdrawn"]),
            ),
            guards.Protect(
                name="approval_born_pending", operation=pgtrigger.Insert, condition=~pgtrigger.Q(new__state="pending")
            ),
            guards.ReadOnly(
                name="approval_request_fixed",
                fields=[
                    "operator",
                    "brand",
                    "kind",
                    "object_id",
                    "requested_by",
                    "requested_at",
                    "reason",
                    "before",
                    "after",
                    "evidence",
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.title
