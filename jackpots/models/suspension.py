"""Pauses of more than one instance: of a source, a brand, or everything of an operator."""

import uuid

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.source import Source


class Suspension(models.Model):
    """While it has no end, contributions of its scope are refused. Neither brand nor source named = everything."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "brand", "source"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="suspension_one_of_a_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(brand__isnull=True) | models.Q(source__isnull=True), name="suspension_one_scope"
            ),
        ]
        triggers = [
            guards.Protect(name="suspension_kept", operation=pgtrigger.Delete),
            guards.Protect(
                name="suspension_ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            guards.ReadOnly(
                name="suspension_fixed",
                fields=["operator", "brand", "source", "reason", "started_at", "started_by"],
            ),
        ]

    def __str__(self) -> str:
        return self.reason
