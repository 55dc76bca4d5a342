"""Pots: what can be won now, the reserve that reseeds it, and the secrets of its cycles."""

import uuid

import pgtrigger
from django.db import models

from backoffice.core.fields import MicrosField
from backoffice.tenancy.models import Operator
from jackpots.models.instance import Instance


class Pot(models.Model):
    """A pot of an instance. Its amounts are balances of the ledger, kept here for the hot path and re-proved."""

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
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["instance_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="pot_of_operator"),
            models.UniqueConstraint(fields=["operator", "instance", "code"], name="pot_code_once"),
            models.CheckConstraint(
                condition=models.Q(
                    value_micros__gte=0, seed_micros__gte=0, boost_micros__gte=0, value_micros__lt=10**15
                ),
                name="pot_amounts_range",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="pot_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="pot_identity", fields=["operator", "instance", "code"]),
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

    class Meta:
        ordering = ["pot_id", "cycle"]
        constraints = [models.UniqueConstraint(fields=["operator", "pot", "cycle"], name="pot_cycle_once")]
        triggers = [
            pgtrigger.Protect(name="pot_cycle_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="pot_cycle_fixed",
                fields=["operator", "pot", "cycle", "commitment", "sealed_secret", "started_at", "start_value_micros"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pot_id} cycle {self.cycle}"
