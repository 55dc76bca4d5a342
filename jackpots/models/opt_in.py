"""A player in an instance: whether opted in, and what was contributed so far."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backoffice.core.fields import CurrencyField, MicrosField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance


class OptIn(models.Model):
    """One row for each player and instance; amounts in the instance's currency.

    `pot_micros` is what was contributed since each pot was last won, by the pot's slot; it counts only while
    `pot_cycles` names the cycle the pot is in, so that a win resets every player's without touching a row.
    """

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    player_id = models.CharField(max_length=128)
    player_country = models.CharField(max_length=3, blank=True)
    opted_in = models.BooleanField(default=False)
    preferred_contribution_micros = MicrosField(null=True)
    contribution_count = models.BigIntegerField(default=0)
    contribution_micros = MicrosField(default=0)
    currency = CurrencyField(blank=True, default="", db_default="")
    last_contributed_at = models.DateTimeField(null=True)
    pot_cycles = ArrayField(models.IntegerField(), default=list, db_default=[], blank=True)
    pot_micros = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    opted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "instance", "brand", "player_id"], name="opt_in_once"),
            models.CheckConstraint(
                condition=models.Q(contribution_count__gte=0, contribution_micros__gte=0), name="opt_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} in {self.instance_id}"


class OptInChange(models.Model):
    """An opt-in or opt-out, for the line of opted-in players over time."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    player_id = models.CharField(max_length=128)
    opted_in = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["operator", "instance", "changed_at"], name="opt_in_change_by_time")]

    def __str__(self) -> str:
        return f"{self.player_id} {'in' if self.opted_in else 'out'}"
