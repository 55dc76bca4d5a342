"""Jackpot instances: live jackpots, with their state and who may take part."""

import uuid

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
from backoffice.core.fields import CurrencyField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.choices import JackpotType
from jackpots.models.template import Template


class InstanceState(models.TextChoices):
    """The five states (I-14). Terminated and Ended are for ever."""

    PENDING = "Pending", "Pending"
    ACTIVE = "Active", "Active"
    PAUSED = "Paused", "Paused"
    TERMINATED = "Terminated", "Terminated"
    ENDED = "Ended", "Ended"


class Instance(models.Model):
    """A live jackpot. Its id never changes. No allowed brand named = every brand of the operator."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="instances")
    name = models.CharField(max_length=200)
    jackpot_type = models.CharField(max_length=10, choices=JackpotType.choices, default=JackpotType.JACKPOT)
    state = models.CharField(max_length=10, choices=InstanceState.choices, default=InstanceState.PENDING)
    state_reason = models.CharField(max_length=300, blank=True)
    currency = CurrencyField()
    allowed_sources = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    allowed_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    blocked_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    games = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    recurrence_rules = models.JSONField(default=list, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    approval = models.ForeignKey(
        "approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.StaffUser", on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="instance_of_operator"),
            models.CheckConstraint(condition=models.Q(state__in=InstanceState.values), name="instance_state_known"),
            models.CheckConstraint(condition=models.Q(jackpot_type__in=JackpotType.values), name="instance_type_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(starts_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="instance_ends_after_start",
            ),
        ]
        triggers = [
            guards.Protect(name="instance_kept", operation=pgtrigger.Delete),
            guards.FSM(
                name="instance_transitions",
                field="state",
                transitions=[
                    ("Pending", "Active"),
                    ("Pending", "Terminated"),
                    ("Active", "Paused"),
                    ("Paused", "Active"),
                    ("Active", "Terminated"),
                    ("Paused", "Terminated"),
                    ("Paused", "Ended"),
                    ("Active", "Ended"),
                ],
            ),
            # The end is among them: after it one person may terminate, so one person must not be able to move it.
            guards.ReadOnly(
                name="instance_identity",
                fields=["operator", "brand", "jackpot_type", "currency", "ends_at", "recurrence_rules", "created_at"],
            ),
            two_people(
                "instance_switched_by_two",
                Agreement(
                    "instance.switch",
                    "switching the model of an instance needs a second person",
                    more="a.after ->> 'template_id' = NEW.template_id::text AND a.decided_at >= OLD.changed_at",
                ),
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__template__df=pgtrigger.F("old__template")),
            ),
            two_people(
                "instance_terminated_by_two",
                Agreement(
                    "instance.terminate",
                    "terminating an instance needs a second person",
                    unless="NEW.ends_at IS NOT NULL AND NEW.ends_at <= clock_timestamp()",
                ),
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="Terminated") & ~pgtrigger.Q(old__state="Terminated"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class InstanceBrand(models.Model):
    """A brand that may take part in an instance."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="allowed_brands")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    class Meta:
        ordering = ["brand_id"]
        constraints = [models.UniqueConstraint(fields=["operator", "instance", "brand"], name="instance_brand_once")]

    def __str__(self) -> str:
        return self.brand_id


class StateChange(models.Model):
    """A transition of an instance: from, to, when, why."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="state_changes")
    from_state = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10)
    reason = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]
        triggers = [guards.Protect(name="state_change_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class InstanceLink(models.Model):
    """A contribution to `instance` also feeds `linked`, and nothing further."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="links")
    linked = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "instance", "linked"], name="instance_link_once"),
            models.CheckConstraint(condition=~models.Q(instance=models.F("linked")), name="instance_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.instance_id} → {self.linked_id}"
