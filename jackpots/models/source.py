"""Contribution sources: what partners name instead of an instance."""

from django.db import models

from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance


class Source(models.Model):
    """An identifier of the operator's own choice for a journey, a game, a deposit. No brand = the whole operator."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False
    )
    source_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["source_id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="source_of_operator"),
            models.UniqueConstraint(
                fields=["operator", "brand", "source_id"], nulls_distinct=False, name="source_id_once"
            ),
        ]

    def __str__(self) -> str:
        return self.source_id


class SourceMapping(models.Model):
    """An instance behind a source; the lowest priority number comes first, ties by age."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="mappings")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="mappings")
    priority = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["priority", "created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["operator", "source", "instance"], name="source_mapping_once")]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.instance_id}"
