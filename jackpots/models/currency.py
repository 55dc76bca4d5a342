"""Currency multipliers: units of a currency for one unit of the operator's base currency."""

from django.db import models

from backoffice.core.fields import CurrencyField
from backoffice.tenancy.models import Brand, Operator


class Multiplier(models.Model):
    """A multiplier of the operator, or of one brand, which then takes precedence."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    currency = CurrencyField()
    multiplier = models.DecimalField(max_digits=20, decimal_places=10)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "brand", "currency"], nulls_distinct=False, name="multiplier_once"
            ),
            models.CheckConstraint(
                condition=models.Q(multiplier__gt=0, multiplier__lt=10**9), name="multiplier_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.multiplier}"
