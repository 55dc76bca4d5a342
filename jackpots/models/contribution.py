"""The journal of contributions: immutable, one row for each accepted one."""

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.core.fields import CurrencyField, MicrosField, TransactionIdField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance
from jackpots.models.source import Source


class Contribution(models.Model):
    """What was contributed, by what version and rate, what was drawn, and what was answered.

    The id is the uuid5 of the request key (rule B-01). `contribution_micros` is in the player's `currency`,
    `amount_micros` in the instance's. `draws` holds, for each pot in order,
    [code, cycle, numerator, denominator, number, hit, armed before] with the integers as text. `parent_id` is the
    contribution to the instance that this one's is linked to.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    instance = models.ForeignKey(
        Instance, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    template_id = models.UUIDField()
    transfer_id = models.UUIDField(null=True)
    player_id = models.CharField(max_length=128)
    player_country = models.CharField(max_length=3)
    target = models.CharField(max_length=120)
    gameround_id = models.CharField(max_length=128)
    payload_digest = models.BinaryField(max_length=32)
    currency = CurrencyField()
    contribution_micros = MicrosField()
    amount_micros = MicrosField()
    rate = models.DecimalField(max_digits=30, decimal_places=15)
    base_wager_micros = MicrosField()
    metadata = models.JSONField(null=True)
    draws = models.JSONField()
    win_pot = models.CharField(max_length=40, null=True)  # noqa: DJ001 - null is no win, as the wire says
    win_micros = MicrosField(default=0)
    win_withheld = models.BooleanField(default=False, db_default=False)
    tickets_awarded = models.BigIntegerField(null=True)
    parent_id = models.UUIDField(null=True)
    mark = models.CharField(max_length=20, blank=True)
    accepted_at = models.DateTimeField()
    transaction_id = TransactionIdField(db_default=models.expressions.RawSQL("pg_current_xact_id()", []))

    class Meta:
        ordering = ["-accepted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "instance", "brand", "player_id", "gameround_id"],
                name="contribution_gameround_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    contribution_micros__gte=0,
                    contribution_micros__lt=10**15,
                    amount_micros__gte=0,
                    amount_micros__lt=10**15,
                    base_wager_micros__gte=0,
                    base_wager_micros__lt=10**15,
                    win_micros__gte=0,
                ),
                name="contribution_range",
            ),
        ]
        indexes = [
            models.Index(fields=["transaction_id"], name="contribution_by_transaction"),
            models.Index(fields=["operator", "accepted_at", "id"], name="contribution_by_time"),
        ]
        triggers = [
            guards.Protect(name="contribution_kept", operation=pgtrigger.Delete),
            guards.ReadOnly(name="contribution_fixed", exclude=["mark"]),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} {self.gameround_id}"
