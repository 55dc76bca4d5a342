"""What a feed has read: its position, the messages seen, and those it could not use."""

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.tenancy.models import Operator
from integrations.models.integration import Integration


class FeedStatus(models.TextChoices):
    """What a feed is doing; `stopped` and `tripped` are at rest, and only `tripped` stays so until somebody acts."""

    STOPPED = "stopped", "Stopped"
    STARTING = "starting", "Starting"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Reconnecting"
    REFUSED = "refused", "Credentials refused"
    MISSING = "missing", "Queue or topic missing"
    FINISHED = "finished", "At the end of the samples"
    TRIPPED = "tripped", "Stopped by the breaker"
    GAP = "gap", "Messages are gone"


class FeedPosition(models.Model):
    """How far a feed has read a partition of a topic or queue; fenced by its owner's epoch. Counters are of all time.

    Whoever raised `owner_epoch` last owns the feed until `lease_until`; seen = used + filtered + refused + dead. Of the
    dead, `forgotten_count` lie among the dead letters no longer. Where the broker numbers its messages, `first_offset`
    is where reading began and `next_offset` a number of the broker; else they are null and the count of all messages.
    `generation` counts how often the broker's numbers began anew.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="positions")
    topic = models.CharField(max_length=200)
    partition = models.IntegerField(default=0)
    next_offset = models.BigIntegerField(default=0)
    first_offset = models.BigIntegerField(null=True)
    generation = models.PositiveIntegerField(default=0, db_default=0)
    owner_epoch = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True)
    status = models.CharField(max_length=20, choices=FeedStatus.choices, default=FeedStatus.STOPPED)
    status_detail = models.CharField(max_length=300, blank=True)
    seen_count = models.BigIntegerField(default=0)
    used_count = models.BigIntegerField(default=0)
    filtered_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)
    dead_count = models.BigIntegerField(default=0)
    forgotten_count = models.BigIntegerField(default=0, db_default=0)
    lag_count = models.BigIntegerField(null=True)
    last_message_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["topic", "partition"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration", "topic", "partition"], name="feed_position_once"
            ),
            models.UniqueConstraint(fields=["operator", "id"], name="feed_position_of_operator"),
            models.CheckConstraint(condition=models.Q(status__in=FeedStatus.values), name="feed_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition} at {self.next_offset}"


class FeedMember(models.Model):
    """A process that reads an integration together with others; which partitions are its own, the broker says.

    `credentials` names the set that it logs in with. Its row is gone when it left; it was killed where `lease_until` is
    past.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="members")
    credentials = models.CharField(max_length=40)
    owner = models.CharField(max_length=200)
    lease_until = models.DateTimeField()
    status = models.CharField(max_length=20, choices=FeedStatus.choices, default=FeedStatus.STARTING)
    status_detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["credentials", "owner"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration", "credentials", "owner"], name="feed_member_once"
            ),
            models.CheckConstraint(condition=models.Q(status__in=FeedStatus.values), name="feed_member_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} ({self.credentials})"


class FeedGap(models.Model):
    """Messages of a partition that are gone before they were read, or numbers that began anew; the partition waits.

    `to_offset` is the earliest that is there. Reading goes on from the earliest once somebody accepted the gap:
    `resumed_at` tells when it did, and then the offsets are exactly what was skipped.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="gaps")
    position = models.ForeignKey(FeedPosition, on_delete=models.PROTECT, related_name="gaps", db_constraint=False)
    topic = models.CharField(max_length=200)
    partition = models.IntegerField()
    from_offset = models.BigIntegerField()
    to_offset = models.BigIntegerField()
    reason = models.CharField(max_length=20)
    found_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(max_length=200, blank=True)
    acceptance = models.CharField(max_length=300, blank=True)
    resumed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "position"], condition=models.Q(resumed_at=None), name="feed_gap_open_once"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=["EXPIRED", "RECREATED"]), name="feed_gap_reason_known"
            ),
            models.CheckConstraint(
                condition=models.Q(resumed_at=None) | models.Q(accepted_at__isnull=False), name="feed_gap_accepted"
            ),
        ]
        triggers = [
            guards.Protect(name="feed_gap_kept", operation=pgtrigger.Delete),
            guards.ReadOnly(
                name="feed_gap_fixed",
                fields=["operator", "integration", "position", "topic", "partition", "reason", "found_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition} from {self.from_offset} to {self.to_offset}"


class FeedTally(models.Model):
    """How many messages of a feed came to which outcome, by code; sums up to the counters of its positions."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="tallies", db_index=False)
    outcome = models.CharField(max_length=12)
    code = models.CharField(max_length=60)
    count = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["outcome", "code"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "integration", "outcome", "code"], name="feed_tally_once")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.code}: {self.count}"


class FeedMessage(models.Model):
    """A message that was seen: its identity, its content's digest, what became of it (`outcome`, `code`)."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    message_key = models.CharField(max_length=200)
    variant = models.CharField(max_length=40)
    content_digest = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=12)
    code = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration", "message_key", "variant"], name="feed_message_once"
            )
        ]
        triggers = [
            guards.Protect(
                name="feed_message_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.received_at > now() - interval '30 days'"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_key} {self.variant}"


class DeadLetter(models.Model):
    """A message that could not be used: raw bytes, headers, one reason. Null operator: only the platform sees it.

    `position` is where it was counted.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, null=True, related_name="dead_letters", db_constraint=False
    )
    position = models.ForeignKey(
        FeedPosition, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    topic = models.CharField(max_length=200)
    partition = models.IntegerField(default=0)
    offset = models.CharField(max_length=64)
    raw = models.BinaryField()
    headers = models.JSONField(default=dict)
    key = models.CharField(max_length=300, null=True)  # noqa: DJ001 - a message without a key is not one with ""
    sent_at_ms = models.BigIntegerField(null=True)
    is_positioned = models.BooleanField(default=False, db_default=False)
    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    is_unsupported = models.BooleanField(default=False)
    attempts = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, default="waiting")
    replay_code = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration", "topic", "partition", "offset"], name="dead_letter_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "replayed", "set_aside"]), name="dead_letter_state_known"
            ),
        ]
        indexes = [models.Index(fields=["operator", "state", "-id"], name="dead_letter_by_state")]
        triggers = [
            guards.Protect(
                name="dead_letter_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'waiting' OR OLD.changed_at > now() - interval '30 days'"),
            ),
            guards.ReadOnly(
                name="dead_letter_raw_fixed",
                fields=[
                    "operator",
                    "integration",
                    "topic",
                    "partition",
                    "offset",
                    "raw",
                    "headers",
                    "key",
                    "sent_at_ms",
                    "is_positioned",
                    "digest",
                    "received_at",
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.topic} {self.offset}"
