"""What the data manager knows of a brand: its events, attributes and channels, and what it would not take."""

from django.db import models

from backoffice.tenancy.models import Brand, Operator

TYPES = ("string", "number", "datetime", "boolean")


class Defined(models.Model):
    """Belongs to a brand, and was created by an approval, or by the first message where `integration_kind` is empty."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    integration_kind = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


class EventDefinition(Defined):
    """An event of a brand from one topic: the same name from two topics has the properties of each (IGT-42).

    `is_listed` once it is to be seen, `is_segmentable` while segments may use it. `event_count` is of all time.
    """

    name = models.CharField(max_length=200)
    topic = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=list)
    is_listed = models.BooleanField(default=True)
    is_segmentable = models.BooleanField(default=True)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    event_count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["name", "topic"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "brand", "name", "topic"], name="event_definition_once")
        ]

    def __str__(self) -> str:
        return self.name


class AttributeDefinition(Defined):
    """An attribute of a brand's players. No message ever creates one (IGT-46)."""

    name = models.CharField(max_length=200)
    type = models.CharField(max_length=10)
    topic = models.CharField(max_length=100, blank=True)
    is_system = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_system", "name"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "brand", "name"], name="attribute_definition_once"),
            models.CheckConstraint(condition=models.Q(type__in=TYPES), name="attribute_type_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Subscription(Defined):
    """A channel of a brand where `preference` is empty, else a preference within it; and how many players of which a
    choice is known have said yes and no."""

    channel = models.CharField(max_length=20)
    preference = models.CharField(max_length=200, blank=True)
    subscribed_count = models.BigIntegerField(default=0)
    unsubscribed_count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["channel", "preference"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "brand", "channel", "preference"], name="subscription_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.preference}".strip()


class IgnoredAttribute(models.Model):
    """How often an event of an integration brought something that was not taken, and why (IGT-46)."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    integration_id = models.UUIDField()
    event = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    reason = models.CharField(max_length=60)
    count = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration_id", "brand", "event", "name", "reason"], name="ignored_attribute_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"
