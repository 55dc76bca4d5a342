"""Operators (organisations) and the brands that they own."""

from django.db import models
from django.db.models.functions import Concat

from backoffice.core.fields import CurrencyField


class Operator(models.Model):
    """An organisation. Its id is the text that partners send: `thrilltech`."""

    id = models.SlugField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200)
    base_currency = CurrencyField(default="EUR")
    accounting_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(id__regex=r"^[a-z0-9][a-z0-9_-]*$"), name="operator_id_form")
        ]

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """A brand of an operator. Its id is the pair `operator:brand` of the wire formats."""

    id = models.CharField(primary_key=True, max_length=129)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="brands")
    code = models.SlugField(max_length=64)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="brand_of_operator"),
            models.CheckConstraint(
                condition=models.Q(
                    id=Concat("operator_id", models.Value(":"), "code", output_field=models.CharField())
                ),
                name="brand_id_is_the_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name
