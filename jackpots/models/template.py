"""Jackpot templates: the ruleset of an instance, versioned; published ones never change."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
from backoffice.core.fields import CurrencyField, MicrosField, PartsPerMillionField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.choices import (
    ContributionKind,
    DurationUnit,
    JackpotType,
    LimitedShareTo,
    PotKind,
    TicketMetric,
    TimeRule,
    UnspentTo,
)


class TemplateState(models.TextChoices):
    """A template's life: written, then fixed."""

    DRAFT = "Draft", "Draft"
    PUBLISHED = "Published", "Published"
    RETIRED = "Retired", "Retired"


class Template(models.Model):
    """One version of a ruleset; `lineage_id` is the same in all its versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    lineage_id = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=200)
    jackpot_type = models.CharField(max_length=10, choices=JackpotType.choices, default=JackpotType.JACKPOT)
    state = models.CharField(max_length=10, choices=TemplateState.choices, default=TemplateState.DRAFT)
    currency = CurrencyField()
    contribution_kind = models.CharField(
        max_length=10, choices=ContributionKind.choices, default=ContributionKind.FIXED
    )
    contribution_micros = MicrosField()
    operator_contribution_ppm = PartsPerMillionField(default=1_000_000)
    household_ppm = PartsPerMillionField(default=0)
    opt_in_required = models.BooleanField(default=True)
    minimum_base_wager_micros = MicrosField(null=True, blank=True)
    maximum_base_wager_micros = MicrosField(null=True, blank=True)
    win_selector_strategy = models.CharField(max_length=20, default="Highest")
    limited_share_to = models.CharField(max_length=10, choices=LimitedShareTo.choices, default=LimitedShareTo.POTS)
    withhold_above_micros = MicrosField(null=True, blank=True)
    withhold_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    community_unspent_to = models.CharField(max_length=10, choices=UnspentTo.choices, default=UnspentTo.SEED)
    community_includes_winner = models.BooleanField(default=False)
    ticket_price_micros = MicrosField(null=True, blank=True)
    ticket_metric = models.CharField(max_length=12, choices=TicketMetric.choices, blank=True)
    duration_count = models.PositiveIntegerField(null=True, blank=True)
    duration_unit = models.CharField(max_length=10, choices=DurationUnit.choices, blank=True)
    prizes_per_player = models.PositiveIntegerField(null=True, blank=True, default=1)
    rolls_over = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.StaffUser", on_delete=models.PROTECT, null=True, related_name="+")
    approval = models.ForeignKey(
        "approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="template_of_operator"),
            models.UniqueConstraint(fields=["operator", "lineage_id", "version"], name="template_version_once"),
            models.CheckConstraint(
                condition=models.Q(contribution_micros__gte=0, contribution_micros__lt=10**15),
                name="template_contribution_range",
            ),
            models.CheckConstraint(
                condition=models.Q(operator_contribution_ppm__lte=1_000_000, household_ppm__lte=1_000_000),
                name="template_shares_range",
            ),
            models.CheckConstraint(condition=models.Q(state__in=TemplateState.values), name="template_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="Draft") | models.Q(approval__isnull=False, published_at__isnull=False),
                name="template_published_by_approval",
            ),
            models.CheckConstraint(
                condition=models.Q(jackpot_type__in=JackpotType.values)
                & models.Q(contribution_kind__in=ContributionKind.values)
                & models.Q(limited_share_to__in=LimitedShareTo.values)
                & models.Q(community_unspent_to__in=UnspentTo.values),
                name="template_choices_known",
            ),
            models.CheckConstraint(
                condition=models.Q(jackpot_type="Jackpot")
                | models.Q(ticket_metric__in=TicketMetric.values, duration_unit__in=DurationUnit.values),
                name="template_raffle_terms",
            ),
        ]
        triggers = [
            guards.Protect(
                name="template_kept", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state="Draft")
            ),
            guards.FSM(
                name="template_transitions",
                field="state",
                transitions=[("Draft", "Published"), ("Published", "Retired")],
            ),
            guards.Trigger(
                name="template_fixed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="Draft"),
                func="""
                    IF (to_jsonb(NEW) - 'state') <> (to_jsonb(OLD) - 'state') THEN
                        RAISE EXCEPTION 'a published template never changes' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            two_people(
                "template_second_person",
                Agreement("template.publish", "publishing a template needs a second person"),
                condition=pgtrigger.Q(new__state="Published"),
            ),
            guards.Trigger(
                name="template_simulated",
                # After the row is written, so that the digest is of what is published.
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__state="Published"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM jackpots_simulationreport r
                        WHERE r.template_id = NEW.id AND r.operator_id = NEW.operator_id AND r.state = 'complete'
                        AND r.is_within_policy AND r.digest = jackpots_template_digest(NEW.id)
                    ) THEN
                        RAISE EXCEPTION 'publishing a template needs a simulation of it within the policy'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def fixed_with_template(name: str) -> pgtrigger.Trigger:
    """A part of a template may come, change and go while the template is a draft."""
    return guards.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
                    IF EXISTS (
                        SELECT 1 FROM jackpots_template t
                        WHERE t.state <> 'Draft' AND t.id = ANY (CASE TG_OP
                            WHEN 'INSERT' THEN ARRAY[NEW.template_id]
                            WHEN 'DELETE' THEN ARRAY[OLD.template_id]
                            ELSE ARRAY[OLD.template_id, NEW.template_id] END)
                    ) THEN
                        RAISE EXCEPTION 'a published template never changes' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
    )


class TemplatePot(models.Model):
    """A pot (tier) as the template describes it."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="pots")
    code = models.SlugField(max_length=40)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=PotKind.choices)
    is_progressive = models.BooleanField(default=True)
    share_ppm = PartsPerMillionField()
    seed_share_ppm = PartsPerMillionField(default=0)
    initial_seed_micros = MicrosField(default=0)
    min_reseed_micros = MicrosField(default=0)
    value_from_micros = MicrosField(null=True, blank=True)
    value_to_micros = MicrosField(null=True, blank=True)
    max_magic_number = models.BigIntegerField(null=True, blank=True)
    cost_per_attempt_micros = MicrosField(null=True, blank=True)
    segments = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    ceiling_micros = MicrosField(null=True, blank=True)
    max_drops = models.PositiveIntegerField(null=True, blank=True)
    allows_external_trigger = models.BooleanField(default=False)
    time_rule = models.CharField(max_length=15, choices=TimeRule.choices, blank=True)
    period_seconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["template_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "template", "code"], name="template_pot_code_once"),
            models.UniqueConstraint(fields=["operator", "template", "position"], name="template_pot_position_once"),
            models.CheckConstraint(condition=models.Q(kind__in=PotKind.values), name="template_pot_kind_known"),
            models.CheckConstraint(
                condition=models.Q(
                    share_ppm__lte=1_000_000,
                    seed_share_ppm__lte=1_000_000,
                    initial_seed_micros__gte=0,
                    min_reseed_micros__gte=0,
                ),
                name="template_pot_range",
            ),
        ]
        triggers = [fixed_with_template("template_pot_fixed")]

    def __str__(self) -> str:
        return self.code
