"""Which version of its configuration an operator is at; triggers move it on, so that no writer can forget to."""

from django.db import models

from backoffice.tenancy.models import Operator


class ConfigVersion(models.Model):
    """Changes with every change to the operator, its brands, multipliers, sources and instances. Never repeats."""

    operator = models.OneToOneField(
        Operator, on_delete=models.PROTECT, primary_key=True, related_name="+", db_constraint=False
    )
    version = models.BigIntegerField()

    class Meta:
        ordering = ["operator_id"]

    def __str__(self) -> str:
        return f"{self.operator_id} at {self.version}"
