"""The transactional outbox: facts written with their cause, numbered afterwards, read by cursors."""

import uuid

from django.db import models
from django.db.models.expressions import RawSQL

from backoffice.core.fields import TransactionIdField


class OutboxEvent(models.Model):
    """A fact. `transaction_id` orders rows by who committed; `sequence` is given once no older writer runs."""

    event_id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    position = models.BigIntegerField(unique=True, db_default=RawSQL("nextval('outbox_position')", []))
    transaction_id = TransactionIdField(db_default=RawSQL("pg_current_xact_id()", []))
    sequence = models.BigIntegerField(null=True, unique=True)
    operator_id = models.CharField(max_length=64)
    brand_id = models.CharField(max_length=129, null=True)  # noqa: DJ001 - null is the whole operator
    kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    payload = models.BinaryField()
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["sequence"]
        constraints = [models.UniqueConstraint(fields=["operator_id", "event_id"], name="outbox_event_of_operator")]
        indexes = [
            models.Index(
                fields=["transaction_id", "position"],
                condition=models.Q(sequence__isnull=True),
                name="outbox_unnumbered",
            ),
            models.Index(fields=["operator_id", "kind", "-sequence"], name="outbox_by_operator"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class SubscriberCursor(models.Model):
    """How far a subscriber has read."""

    subscriber = models.CharField(primary_key=True, max_length=60)
    sequence = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.subscriber} at {self.sequence}"


class EventDeadLetter(models.Model):
    """An event that a subscriber could not use, kept until somebody replays it or sets it aside."""

    operator_id = models.CharField(max_length=64)
    subscriber = models.CharField(max_length=60)
    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    error = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, default="waiting")
    first_failed_at = models.DateTimeField()
    last_failed_at = models.DateTimeField()
    settled_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "event"], name="event_dead_letter_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "replayed", "set_aside"]), name="event_dead_letter_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.event_id}"
