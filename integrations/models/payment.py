"""Payments and bonuses of players: each a row whose status the set of its messages makes, in whatever order."""

from django.db import models

from backoffice.core.fields import CurrencyField, MicrosField
from backoffice.tenancy.models import Brand, Operator
from integrations.models.integration import Integration


class PaymentStatus(models.TextChoices):
    """Only an approved payment counts; `rolled_back` also where the rollback came first."""

    REQUESTED = "requested", "Requested"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    CANCELLED = "cancelled", "Cancelled"
    ROLLED_BACK = "rolled_back", "Rolled back"


class Payment(models.Model):
    """A deposit or a withdrawal. `steps` holds the time stamp of each step that was told, by its name, `digests` what
    tells its content from another.

    `base_micros` is the amount in the casino's base currency. What the row says is what the step of `told_by` said.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    payment_id = models.CharField(max_length=128)
    direction = models.CharField(max_length=10)
    player_id = models.CharField(max_length=128)
    status = models.CharField(max_length=12, choices=PaymentStatus.choices)
    steps = models.JSONField(default=dict)
    digests = models.JSONField(default=dict)
    told_by = models.CharField(max_length=10)
    currency = CurrencyField()
    amount_micros = MicrosField()
    base_micros = MicrosField()
    fee_micros = MicrosField(null=True)
    vendor_id = models.CharField(max_length=64, default="")
    vendor_name = models.CharField(max_length=200, default="")
    bonus_code = models.CharField(max_length=200, default="")
    happened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "integration", "payment_id"], name="payment_once"),
            models.CheckConstraint(condition=models.Q(status__in=PaymentStatus.values), name="payment_status_known"),
            models.CheckConstraint(
                condition=models.Q(direction__in=["deposit", "withdrawal"]), name="payment_direction_known"
            ),
        ]
        indexes = [models.Index(fields=["operator", "brand", "player_id"], name="payment_by_player")]

    @property
    def is_new(self) -> bool:
        """Whether it is not in the database yet."""
        return self._state.adding

    def __str__(self) -> str:
        return f"{self.direction} {self.payment_id}"


class PlayerBonus(models.Model):
    """A bonus of one player. `statuses` holds the time stamp of each status that was told, by its name, `digests` what
    tells its content from another."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    user_bonus_id = models.CharField(max_length=128)
    bonus_id = models.CharField(max_length=128)
    player_id = models.CharField(max_length=128)
    status = models.CharField(max_length=14)
    statuses = models.JSONField(default=dict)
    digests = models.JSONField(default=dict)
    bonus_type = models.CharField(max_length=200, default="")
    bonus_code = models.CharField(max_length=200, default="")
    product = models.CharField(max_length=200, default="")
    currency = CurrencyField()
    amount_micros = MicrosField()
    base_micros = MicrosField()
    turned_real_micros = MicrosField(default=0)
    last_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "integration", "user_bonus_id"], name="player_bonus_once")
        ]
        indexes = [models.Index(fields=["operator", "brand", "player_id"], name="player_bonus_by_player")]

    @property
    def is_new(self) -> bool:
        """Whether it is not in the database yet."""
        return self._state.adding

    def __str__(self) -> str:
        return f"{self.bonus_id} {self.user_bonus_id}"
