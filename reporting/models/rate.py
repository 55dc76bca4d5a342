"""The rates that were in force, noted as they change: amounts are shown at the rate of their own time."""

from django.db import models

from backoffice.core.fields import CurrencyField
from backoffice.tenancy.models import Brand, Operator


class NotedRate(models.Model):
    """From `since` on, one unit of the operator's base currency was this many units of `currency`."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    currency = CurrencyField()
    multiplier = models.DecimalField(max_digits=20, decimal_places=10)
    since = models.DateTimeField()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "brand", "currency", "since"], nulls_distinct=False, name="noted_rate_once"
            ),
            models.CheckConstraint(condition=models.Q(multiplier__gt=0), name="noted_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.multiplier} since {self.since}"
