"""Rollups of the journal, folded by cursor outside the hot transaction."""

from django.db import models

from backoffice.core.fields import MicrosField, TransactionIdField
from backoffice.tenancy.models import Brand, Operator

JOURNAL = "journal"
"""The cursor of what is folded from the journal of contributions."""


class RollupCursor(models.Model):
    """Every transaction below `horizon` has been folded."""

    name = models.CharField(primary_key=True, max_length=40)
    horizon = TransactionIdField()
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} below {self.horizon}"


class PlayerDay(models.Model):
    """A player's UTC day in an instance; amounts in the instance's currency, and in the operator's base currency at
    the rates of the contributions themselves. `unconverted_count` contributions and wins had no rate and are in no
    base amount."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    instance_id = models.UUIDField()
    player_id = models.CharField(max_length=128)
    day = models.DateField()
    contribution_count = models.BigIntegerField(default=0)
    contribution_micros = MicrosField(default=0)
    base_wager_micros = MicrosField(default=0)
    win_count = models.BigIntegerField(default=0)
    win_micros = MicrosField(default=0)
    contribution_base_micros = MicrosField(default=0)
    win_base_micros = MicrosField(default=0)
    unconverted_count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "brand", "instance_id", "player_id", "day"], name="player_day_once"
            )
        ]
        indexes = [models.Index(fields=["operator", "day"], name="player_day_by_day")]

    def __str__(self) -> str:
        return f"{self.player_id} {self.day}"


class WagerBucket(models.Model):
    """How many base wagers of a UTC day fell below `upper_micros` and not below the bucket before; base currency.

    The bucket 0 counts those that had no rate.
    """

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    instance_id = models.UUIDField()
    day = models.DateField()
    upper_micros = MicrosField()
    count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["day", "upper_micros"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "brand", "instance_id", "day", "upper_micros"], name="wager_bucket_once"
            )
        ]

    def __str__(self) -> str:
        return f"below {self.upper_micros} on {self.day}"
