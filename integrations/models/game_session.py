"""What is computed of a player behind the feed: sessions, figures, and who waits for it."""

from django.db import models
from django.db.models import F, Q

from backoffice.tenancy.models import Brand, Operator
from integrations.models.integration import Integration


def _sum() -> "models.DecimalField[int, int]":
    """A sum of micro-units that no number of bets makes overflow."""
    return models.DecimalField(max_digits=30, decimal_places=0, default=0)


class GameSession(models.Model):
    """Bets and wins of a player of a brand with no gap longer than GAME_SESSION_GAP_MINUTES between two of them.

    Sums are of what stands, in the casino's base currency. A round that goes on in the next session counts in both.
    `games` lists what was staked by game. `told_at` is when its end was told.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    player_id = models.CharField(max_length=128)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()
    round_count = models.PositiveIntegerField(default=0)
    bet_count = models.PositiveIntegerField(default=0)
    bet_base_micros = _sum()
    win_count = models.PositiveIntegerField(default=0)
    win_base_micros = _sum()
    games = models.JSONField(default=list)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "brand", "player_id", "started_at"], name="game_session_once"),
            models.CheckConstraint(condition=Q(last_at__gte=F("started_at")), name="game_session_in_order"),
        ]
        indexes = [models.Index(fields=["last_at"], condition=Q(told_at=None), name="game_session_untold")]

    def __str__(self) -> str:
        return f"{self.player_id} {self.started_at:%Y-%m-%d %H:%M}"


class PlayerFigures(models.Model):
    """A player's figures of all time, in the casino's base currency: `forgotten`, what is no longer kept, and what is.

    Of what happened until `forgotten_until` no session is made any more. `told_at` is when they were last handed over,
    `dated_at` of when it was said that they are, `is_untold` whether they changed since.
    """

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="+", db_index=False)
    player_id = models.CharField(max_length=128)
    session_count = models.BigIntegerField(default=0)
    round_count = models.BigIntegerField(default=0)
    bet_count = models.BigIntegerField(default=0)
    bet_base_micros = _sum()
    win_count = models.BigIntegerField(default=0)
    win_base_micros = _sum()
    deposit_count = models.BigIntegerField(default=0)
    deposit_base_micros = _sum()
    withdrawal_count = models.BigIntegerField(default=0)
    withdrawal_base_micros = _sum()
    bonus_count = models.BigIntegerField(default=0)
    bonus_completed_count = models.BigIntegerField(default=0)
    bonus_base_micros = _sum()
    first_activity_at = models.DateTimeField(null=True)
    last_activity_at = models.DateTimeField(null=True)
    first_deposit_at = models.DateTimeField(null=True)
    last_deposit_at = models.DateTimeField(null=True)
    first_withdrawal_at = models.DateTimeField(null=True)
    last_withdrawal_at = models.DateTimeField(null=True)
    first_login_at = models.DateTimeField(null=True)
    last_login_at = models.DateTimeField(null=True)
    games = models.JSONField(default=list)
    forgotten = models.JSONField(default=dict)
    forgotten_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    dated_at = models.DateTimeField(null=True)
    is_untold = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["player_id"]
        constraints = [models.UniqueConstraint(fields=["operator", "brand", "player_id"], name="player_figures_once")]
        indexes = [models.Index(fields=["told_at"], condition=Q(is_untold=True), name="player_figures_untold")]

    def __str__(self) -> str:
        return self.player_id


class StalePlayer(models.Model):
    """A note that a feed leaves: something of this player changed, and is to be computed anew.

    `played_from` to `played_until` are the bets and wins that changed, `login_from` to `login_until` the logins.
    With `is_urgent` the figures are handed over as soon as they are computed.
    """

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    integration = models.ForeignKey(
        Integration, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    player_id = models.CharField(max_length=128)
    played_from = models.DateTimeField(null=True)
    played_until = models.DateTimeField(null=True)
    login_from = models.DateTimeField(null=True)
    login_until = models.DateTimeField(null=True)
    is_urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.player_id
