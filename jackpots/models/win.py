"""Wins: owed, then settled by a second person, or withheld."""

import pgtrigger
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
from backoffice.core.fields import CurrencyField, MicrosField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.contribution import Contribution
from jackpots.models.instance import Instance
from jackpots.models.pot import Pot


class WinState(models.TextChoices):
    """What has become of a win (rule B-13)."""

    OWED = "owed", "Owed"
    SETTLED = "settled", "Settled"
    WITHHELD = "withheld", "Withheld"
    CANCELLED = "cancelled", "Cancelled"


class WinCause(models.TextChoices):
    """Why the pot dropped."""

    DRAW = "draw", "Draw"
    DEADLINE = "deadline", "Deadline"


class Win(models.Model):
    """A drop of a pot. `value_micros` is the pot's value in the instance's currency, `pay_micros` what the player
    gets in the player's, `cost_micros` what that costs; `community_micros` went to other players, the rest to the
    reserve."""

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="wins")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="wins")
    cycle = models.PositiveIntegerField()
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="+")
    source_id = models.CharField(max_length=100, null=True)  # noqa: DJ001 - null is a direct contribution
    player_id = models.CharField(max_length=128)
    player_currency = CurrencyField()
    value_micros = MicrosField()
    pay_micros = MicrosField()
    cost_micros = MicrosField()
    residual_micros = MicrosField()
    community_micros = MicrosField(default=0)
    cause = models.CharField(max_length=10, choices=WinCause.choices, default=WinCause.DRAW)
    rate = models.DecimalField(max_digits=30, decimal_places=15)
    multipliers = models.JSONField()
    seed_micros = MicrosField()
    seed_deficit_micros = MicrosField()
    state = models.CharField(max_length=10, choices=WinState.choices, default=WinState.OWED)
    state_reason = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    approval = models.ForeignKey(
        "approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    won_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-won_at"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "pot", "cycle"], name="win_once_a_cycle"),
            models.CheckConstraint(condition=models.Q(state__in=WinState.values), name="win_state_known"),
            models.CheckConstraint(
                condition=models.Q(
                    value_micros=models.F("cost_micros") + models.F("residual_micros") + models.F("community_micros")
                ),
                name="win_value_accounted",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="settled") | (models.Q(approval__isnull=False) & ~models.Q(reference="")),
                name="win_settled_with_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-won_at"], name="win_by_time"),
            models.Index(fields=["instance", "-won_at"], name="win_by_instance"),
        ]
        triggers = [
            guards.Protect(name="win_kept", operation=pgtrigger.Delete),
            guards.FSM(
                name="win_transitions",
                field="state",
                transitions=[
                    ("owed", "settled"),
                    ("owed", "withheld"),
                    ("withheld", "owed"),
                    ("withheld", "cancelled"),
                ],
            ),
            guards.ReadOnly(
                name="win_fixed",
                exclude=["state", "state_reason", "reference", "approval", "changed_at"],
            ),
            guards.ReadOnly(
                name="win_settlement_fixed",
                fields=["reference", "approval"],
                condition=pgtrigger.Q(old__state="settled"),
            ),
            two_people(
                "win_settled_by_two",
                Agreement(
                    "win.settle",
                    "settling a win needs a second person",
                    more="a.decided_at >= COALESCE(OLD.changed_at, NEW.won_at)",
                ),
                condition=pgtrigger.Q(new__state="settled"),
            ),
            two_people(
                "win_released_by_two",
                Agreement(
                    "win.release", "releasing a win needs a second person", more="a.decided_at >= OLD.changed_at"
                ),
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="withheld", new__state="owed"),
            ),
            two_people(
                "win_cancelled_by_two",
                Agreement("win.cancel", "cancelling a win needs a second person"),
                condition=pgtrigger.Q(new__state="cancelled"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} {self.pot_id} {self.cycle}"
