"""Simulations: what a version of a template was seen to do, and what an operator lets through."""

import uuid

from django.db import models

from backoffice.core.fields import MicrosField, PartsPerMillionField
from backoffice.tenancy.models import Operator
from jackpots.models.template import Template


class ReportState(models.TextChoices):
    """Where a simulation stands."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETE = "complete", "Complete"
    FAILED = "failed", "Failed"


class SimulationReport(models.Model):
    """The figures of one version of a template: by formula, and as played with the random numbers of `seed`.

    `digest` stands for the very terms that were played: a draft that is changed afterwards needs another report.
    `objections` are what the operator's policy has against it; none = within the policy.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="reports")
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.QUEUED)
    seed = models.BigIntegerField()
    contributions = models.BigIntegerField()
    played = models.BigIntegerField(default=0)
    contributions_a_day = models.BigIntegerField(null=True)
    formulas = models.JSONField(default=dict, blank=True)
    figures = models.JSONField(default=dict, blank=True)
    policy = models.JSONField(default=dict, blank=True)
    objections = models.JSONField(default=list, blank=True)
    is_within_policy = models.BooleanField(null=True)
    error = models.TextField(blank=True)
    requested_by = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="complete")
                | models.Q(is_within_policy__isnull=False, finished_at__isnull=False),
                name="report_complete_is_judged",
            ),
        ]
        indexes = [models.Index(fields=["template", "-requested_at"], name="report_by_template")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.state}"


class SimulationPolicy(models.Model):
    """What an operator's templates may be like. Rates in parts per million of what is contributed; null = no limit."""

    operator = models.OneToOneField(Operator, on_delete=models.PROTECT, primary_key=True, related_name="+")
    maximum_rtp_ppm = PartsPerMillionField(null=True, default=1_000_000)
    maximum_pot_rtp_ppm = PartsPerMillionField(null=True, default=1_000_000)
    maximum_house_seed_ppm = PartsPerMillionField(null=True)
    maximum_liability_micros = MicrosField(null=True)
    approval = models.ForeignKey(
        "approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["operator_id"]

    def __str__(self) -> str:
        return str(self.operator_id)
