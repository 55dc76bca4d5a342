"""Simulations: what a version of a template was seen to do, and what an operator lets through."""

import uuid

import pgtrigger
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
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
    `objections` are what the operator's policy has against it; none = within the policy. `standing` is where the play
    is, so that any worker can go on from there.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="reports")
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.QUEUED)
    seed = models.BigIntegerField()
    contributions = models.BigIntegerField()
    to_play = models.BigIntegerField(default=1)
    played = models.BigIntegerField(default=0)
    standing = models.JSONField(default=dict, blank=True)
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
            models.CheckConstraint(
                condition=models.Q(is_within_policy__isnull=True)
                | models.Q(is_within_policy=True, objections=[])
                | models.Q(models.Q(is_within_policy=False), ~models.Q(objections=[])),
                name="report_within_policy_without_objections",
            ),
            models.CheckConstraint(
                condition=models.Q(contributions__gt=0, to_play__gt=0, played__gte=0)
                & (models.Q(contributions_a_day__isnull=True) | models.Q(contributions_a_day__gt=0)),
                name="report_counts_above_zero",
            ),
        ]
        indexes = [
            models.Index(fields=["template", "-requested_at"], name="report_by_template"),
            models.Index(
                fields=["requested_at"], condition=models.Q(state__in=["queued", "running"]), name="report_to_be_played"
            ),
        ]
        triggers = [
            guards.FSM(
                name="report_transitions",
                field="state",
                transitions=[
                    ("queued", "running"),
                    ("queued", "complete"),
                    ("queued", "failed"),
                    ("running", "complete"),
                    ("running", "failed"),
                ],
            ),
            guards.ReadOnly(
                name="report_request_fixed",
                fields=[
                    "operator", "template", "digest", "seed", "contributions", "contributions_a_day", "to_play",
                    "requested_by", "requested_at",
                ],
            ),
            guards.Trigger(
                name="report_figures_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="complete"),
                func="""
                    IF (to_jsonb(NEW) - ARRAY['policy', 'objections', 'is_within_policy'])
                        <> (to_jsonb(OLD) - ARRAY['policy', 'objections', 'is_within_policy']) THEN
                        RAISE EXCEPTION 'a report that is complete keeps its figures' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.template_id} {self.state}"


POLICY_LIMITS = (
    "maximum_rtp_ppm",
    "maximum_pot_rtp_ppm",
    "maximum_house_seed_ppm",
    "maximum_liability_micros",
)


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
        triggers = [
            guards.Protect(name="policy_kept", operation=pgtrigger.Delete),
            two_people(
                "policy_second_person",
                Agreement(
                    "policy.change",
                    "changing the policy needs a second person",
                    object_id="NEW.operator_id",
                    more=" AND ".join(
                        f"(a.after->>'{name}')::bigint IS NOT DISTINCT FROM NEW.{name}" for name in POLICY_LIMITS
                    ),
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.operator_id)
