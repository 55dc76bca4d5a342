"""Game rounds, built from the bets and wins of a casino feed, in whatever order they came."""

from django.db import models

from backoffice.core.fields import CurrencyField, MicrosField
from backoffice.tenancy.models import Brand, Operator
from integrations.models.integration import Integration


class GameActivity(models.Model):
    """A bet or a win of a round as the feed sent it; a rollback is a state of it, also when it came first.

    Once the approved message is there the row holds what it said, and only the fact of the rollback beside it.
    `base_micros` is the amount in the casino's base currency; `source_id` is where the bet contributed, if anywhere.
    """

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    activity_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=4)
    round_id = models.CharField(max_length=128)
    player_id = models.CharField(max_length=128)
    amount_micros = MicrosField(default=0)
    bonus_micros = MicrosField(default=0)
    currency = CurrencyField()
    base_micros = MicrosField(default=0)
    balance_before_micros = MicrosField(null=True)
    balance_after_micros = MicrosField(null=True)
    game_id = models.CharField(max_length=128, default="")
    game_name = models.CharField(max_length=200, default="")
    game_type = models.CharField(max_length=200, default="")
    vendor_id = models.CharField(max_length=64, default="")
    vendor_name = models.CharField(max_length=200, default="")
    player_country = models.CharField(max_length=3, default="")
    source_id = models.CharField(max_length=100, default="")
    meta = models.JSONField(default=dict)
    is_round_end = models.BooleanField(default=False)
    is_approved = models.BooleanField(default=False)
    is_rolled_back = models.BooleanField(default=False)
    is_timestamp_repaired = models.BooleanField(default=False)
    happened_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration", "activity_id", "kind"], name="game_activity_once"
            )
        ]
        indexes = [
            models.Index(fields=["operator", "integration", "round_id"], name="game_activity_by_round"),
            models.Index(fields=["brand", "player_id", "happened_at"], name="game_activity_by_player"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.activity_id}"


class GameRound(models.Model):
    """The sums of a round's standing bets and wins; the same whatever the order of its messages."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    round_id = models.CharField(max_length=128)
    player_id = models.CharField(max_length=128)
    game_id = models.CharField(max_length=128)
    game_name = models.CharField(max_length=200)
    vendor_id = models.CharField(max_length=64)
    vendor_name = models.CharField(max_length=200)
    game_type = models.CharField(max_length=200, default="")
    currency = CurrencyField()
    bet_count = models.PositiveIntegerField(default=0)
    bet_micros = MicrosField(default=0)
    win_count = models.PositiveIntegerField(default=0)
    win_micros = MicrosField(default=0)
    bet_base_micros = MicrosField(default=0)
    win_base_micros = MicrosField(default=0)
    rollback_count = models.PositiveIntegerField(default=0)
    is_ended = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "integration", "round_id", "player_id", "currency"], name="game_round_once"
            )
        ]

    def __str__(self) -> str:
        return self.round_id
