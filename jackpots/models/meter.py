"""Meters: what happened in an instance, by brand and minute, written with the facts themselves."""

from django.db import models

from backoffice.core.fields import MicrosField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance


class Meter(models.Model):
    """Counts and sums of one minute; amounts in the instance's currency."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    minute = models.DateTimeField()
    contribution_count = models.BigIntegerField(default=0)
    contribution_micros = MicrosField(default=0)
    base_wager_micros = MicrosField(default=0)
    win_count = models.BigIntegerField(default=0)
    win_micros = MicrosField(default=0)

    class Meta:
        ordering = ["minute"]
        constraints = [models.UniqueConstraint(fields=["operator", "instance", "brand", "minute"], name="meter_once")]
        indexes = [models.Index(fields=["operator", "minute"], name="meter_by_minute")]

    def __str__(self) -> str:
        return f"{self.instance_id} {self.minute}"


class Refusals(models.Model):
    """Refused contributions, counted by code and minute; nothing else of them is kept."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand_id = models.CharField(max_length=129)
    code = models.CharField(max_length=40)
    minute = models.DateTimeField()
    count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-minute"]
        constraints = [models.UniqueConstraint(fields=["operator", "brand_id", "code", "minute"], name="refusals_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.minute}"
