"""What a feed has read: its position, the messages seen, and those it could not use."""

import pgtrigger
from django.db import models

from backoffice.tenancy.models import Brand, Operator
from integrations.models.integration import Integration


class FeedPosition(models.Model):
    """How far a feed has read a partition of a topic or queue; fenced by its owner's epoch. Counters are of all time."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="positions")
    topic = models.CharField(max_length=200)
    partition = models.IntegerField(default=0)
    next_offset = models.BigIntegerField(default=0)
    owner_epoch = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=20, default="stopped")
    status_detail = models.CharField(max_length=300, blank=True)
    seen_count = models.BigIntegerField(default=0)
    used_count = models.BigIntegerField(default=0)
    filtered_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)
    dead_count = models.BigIntegerField(default=0)
    last_message_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["topic", "partition"]
        constraints = [models.UniqueConstraint(fields=["operator", "integration", "topic", "partition"], name="feed_position_once")]

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition} at {self.next_offset}"


class FeedMessage(models.Model):
    """A message that was seen: its identity, its content's digest, what became of it (`outcome`, `code`)."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    message_key = models.CharField(max_length=200)
    variant = models.CharField(max_length=40)
    content_digest = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=12)
    code = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "integration", "message_key", "variant"], name="feed_message_once")
        ]
        triggers = [pgtrigger.Protect(name="feed_message_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.message_key} {self.variant}"


class DeadLetter(models.Model):
    """A message that could not be used: raw bytes, headers, one reason code. Null operator: only the platform sees it."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, null=True, related_name="dead_letters", db_constraint=False)
    topic = models.CharField(max_length=200)
    partition = models.IntegerField(default=0)
    offset = models.CharField(max_length=64)
    raw = models.BinaryField()
    headers = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    is_unsupported = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, default="waiting")
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "integration", "topic", "partition", "offset"], name="dead_letter_once"),
            models.CheckConstraint(condition=models.Q(state__in=["waiting", "replayed", "set_aside"]), name="dead_letter_state_known"),
        ]
        indexes = [models.Index(fields=["operator", "state", "-id"], name="dead_letter_by_state")]
        triggers = [
            pgtrigger.Protect(name="dead_letter_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="dead_letter_raw_fixed",
                fields=["operator", "integration", "topic", "partition", "offset", "raw", "headers", "digest", "received_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.topic} {self.offset}"
