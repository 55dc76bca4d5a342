"""How the counters of a feed stood, minute by minute: what its pace and its charts are drawn from."""

from django.db import models

from backoffice.tenancy.models import Operator
from integrations.models.integration import Integration


class FeedSample(models.Model):
    """The counters of all positions of an integration together as they stood `at`; the lag where the broker tells."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    seen_count = models.BigIntegerField()
    used_count = models.BigIntegerField()
    filtered_count = models.BigIntegerField()
    refused_count = models.BigIntegerField()
    dead_count = models.BigIntegerField()
    lag_count = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["operator", "integration", "at"], name="feed_sample_once")]

    def __str__(self) -> str:
        return f"{self.at}: {self.seen_count}"
