"""The ledger's lines summed by day, up to a horizon, so that a figure of years reads days and not lines."""

from django.db import models

from backoffice.core.fields import MicrosField, TransactionIdField
from backoffice.tenancy.models import Operator
from jackpots.models.ledger import Account, TransferKind

LINES = "lines"
"""The only horizon there is."""


class LedgerHorizon(models.Model):
    """The lines of every transaction below `horizon` are in the sums, and no others."""

    name = models.CharField(primary_key=True, max_length=20)
    horizon = TransactionIdField()
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} below {self.horizon}"


class DaySum(models.Model):
    """What one kind of transfer moved on an account in a day of its operator's accounting zone; both are positive."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    kind = models.CharField(max_length=20, choices=TransferKind.choices)
    inflow_micros = MicrosField(default=0)
    outflow_micros = MicrosField(default=0)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "account", "day", "kind"], name="ledger_day_sum_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind} on {self.day}"
