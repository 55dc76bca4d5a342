"""The traffic generator's switch and counters."""

from django.db import models


class Traffic(models.Model):
    """One row: whether the generator runs, and what it saw as the partner that it plays."""

    is_running = models.BooleanField(default=True)
    rate_a_second = models.PositiveIntegerField(default=20)
    sent_count = models.BigIntegerField(default=0)
    accepted_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)
    failed_count = models.BigIntegerField(default=0)
    win_count = models.BigIntegerField(default=0)
    latency_ms = models.PositiveIntegerField(default=0)
    last_answer = models.CharField(max_length=300, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="traffic_one_row")]

    def __str__(self) -> str:
        return "running" if self.is_running else "stopped"
