"""Pots: what can be won now, the reserve that reseeds it, the secrets of its cycles, what was added to it by hand."""

import uuid

import pgtrigger
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
from backoffice.core.fields import MicrosField
from backoffice.tenancy.models import Operator
from jackpots.models.instance import Instance


class Pot(models.Model):
    """A pot of an instance. Its amounts are balances of the ledger, kept here for the hot path and re-proved.

    `slot` is its number within the instance, which is never used again. A retired pot belongs to an earlier model.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="pots")
    code = models.SlugField(max_length=40)
    position = models.PositiveIntegerField()
    value_micros = MicrosField(default=0)
    seed_micros = MicrosField(default=0)
    boost_micros = MicrosField(default=0)
    cycle = models.PositiveIntegerField(default=1)
    is_armed = models.BooleanField(default=False)
    drop_count = models.PositiveIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    slot = models.PositiveSmallIntegerField(default=0)
    window_starts_at = models.DateTimeField(null=True)
    window_ends_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["instance_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="pot_of_operator"),
            models.UniqueConstraint(fields=["operator", "instance", "code"], name="pot_code_once"),
            models.UniqueConstraint(fields=["operator", "instance", "slot"], name="pot_slot_once"),
            models.CheckConstraint(
                condition=models.Q(
                    value_micros__gte=0, seed_micros__gte=0, boost_micros__gte=0, value_micros__lt=10**15
                ),
                name="pot_amounts_range",
            ),
        ]
        triggers = [
            guards.Protect(name="pot_kept", operation=pgtrigger.Delete),
            guards.ReadOnly(name="pot_identity", fields=["operator", "instance", "code", "slot"]),
        ]

    def __str__(self) -> str:
        return self.code


class PotCycle(models.Model):
    """From one drop to the next: the commitment published at the start, the sealed secret shown at the end."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="cycles")
    cycle = models.PositiveIntegerField()
    commitment = models.BinaryField(max_length=32)
    sealed_secret = models.BinaryField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    start_value_micros = MicrosField()
    window_starts_at = models.DateTimeField(null=True)
    window_ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pot_id", "cycle"]
        constraints = [models.UniqueConstraint(fields=["operator", "pot", "cycle"], name="pot_cycle_once")]
        triggers = [
            guards.Protect(name="pot_cycle_kept", operation=pgtrigger.Delete),
            guards.ReadOnly(
                name="pot_cycle_fixed",
                fields=["operator", "pot", "cycle", "commitment", "sealed_secret", "started_at", "start_value_micros"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pot_id} cycle {self.cycle}"


class PotTrigger(models.Model):
    """A pot that was armed from outside: whoever contributes next wins it."""

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="triggers_from_outside")
    cycle = models.PositiveIntegerField()
    trigger_id = models.CharField(max_length=128)
    reason = models.CharField(max_length=300, blank=True)
    triggered_by = models.CharField(max_length=200)
    triggered_at = models.DateTimeField()

    class Meta:
        ordering = ["-triggered_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "pot", "trigger_id"], name="pot_trigger_once"),
        ]
        triggers = [guards.Protect(name="pot_trigger_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.trigger_id


class Boost(models.Model):
    """Money that was put beside a pot for its next start, or (negative) taken back unspent."""

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="boosts")
    amount_micros = MicrosField()
    reason = models.CharField(max_length=300)
    approval = models.ForeignKey("approvals.Approval", on_delete=models.PROTECT, related_name="+", db_constraint=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_micros__gt=-(10**15), amount_micros__lt=10**15) & ~models.Q(amount_micros=0),
                name="boost_range",
            ),
            models.UniqueConstraint(fields=["operator", "approval"], name="boost_once_an_approval"),
        ]
        triggers = [
            guards.Protect(name="boost_fixed", operation=pgtrigger.Update | pgtrigger.Delete),
            two_people(
                "boost_by_two",
                Agreement(
                    "CASE WHEN NEW.amount_micros > 0 THEN 'pot.boost' ELSE 'pot.refund_boost' END",
                    "boosting a pot needs a second person",
                    object_id="NEW.pot_id::text",
                ),
                operation=pgtrigger.Insert,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pot_id} {self.amount_micros}"
