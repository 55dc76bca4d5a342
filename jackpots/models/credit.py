"""Credits: what players are owed who did not win the pot by their own contribution."""

import pgtrigger
from django.db import models

from backoffice.approvals.guard import Agreement, two_people
from backoffice.core import guards
from backoffice.core.fields import CurrencyField, MicrosField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance
from jackpots.models.pot import Pot


class CreditKind(models.TextChoices):
    """Where a credit comes from."""

    COMMUNITY = "community", "Community payout"
    PRIZE = "prize", "Raffle prize"


class CreditState(models.TextChoices):
    """What has become of a credit. A failed one has no rate for its player's currency yet; it stays payable."""

    OWED = "owed", "Owed"
    SETTLED = "settled", "Settled"
    WITHHELD = "withheld", "Withheld"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Credit(models.Model):
    """A row owed to a player, of the group of a win or a round (`group_id`), which is settled together.

    `value_micros` is the player's part in the instance's currency = cost + residual; `pay_micros` is in the player's.
    `detail` says what it is for: the strategies of a community payout, or nothing.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="credits")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="+")
    cycle = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=CreditKind.choices)
    group_id = models.UUIDField()
    position = models.PositiveIntegerField()
    player_id = models.CharField(max_length=128)
    player_currency = CurrencyField()
    ticket_number = models.BigIntegerField(null=True)
    prize_rank = models.PositiveIntegerField(null=True)
    detail = models.JSONField(default=dict, blank=True)
    value_micros = MicrosField()
    pay_micros = MicrosField(default=0)
    cost_micros = MicrosField(default=0)
    residual_micros = MicrosField(default=0)
    rate = models.DecimalField(max_digits=30, decimal_places=15, null=True)
    state = models.CharField(max_length=10, choices=CreditState.choices, default=CreditState.OWED)
    state_reason = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    approval = models.ForeignKey(
        "approvals.Approval", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    owed_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["group_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "group_id", "position"], name="credit_once_a_place"),
            models.CheckConstraint(
                condition=models.Q(state__in=CreditState.values, kind__in=CreditKind.values), name="credit_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="failed", pay_micros=0, cost_micros=0, residual_micros=0, rate__isnull=True)
                | models.Q(
                    rate__isnull=False,
                    value_micros=models.F("cost_micros") + models.F("residual_micros"),
                ),
                name="credit_accounted",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="settled") | (models.Q(approval__isnull=False) & ~models.Q(reference="")),
                name="credit_settled_with_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "state", "owed_at"], name="credit_by_state"),
            models.Index(fields=["instance", "-owed_at"], name="credit_by_instance"),
            models.Index(fields=["operator", "brand", "player_id"], name="credit_of_player"),
        ]
        triggers = [
            guards.Protect(name="credit_kept", operation=pgtrigger.Delete),
            guards.FSM(
                name="credit_transitions",
                field="state",
                transitions=[
                    ("owed", "settled"),
                    ("owed", "withheld"),
                    ("withheld", "owed"),
                    ("withheld", "cancelled"),
                    ("failed", "owed"),
                ],
            ),
            guards.ReadOnly(
                name="credit_fixed",
                exclude=[
                    "state",
                    "state_reason",
                    "reference",
                    "approval",
                    "changed_at",
                    "pay_micros",
                    "cost_micros",
                    "residual_micros",
                    "rate",
                ],
            ),
            guards.ReadOnly(
                name="credit_amount_fixed",
                fields=["pay_micros", "cost_micros", "residual_micros", "rate"],
                condition=~pgtrigger.Q(old__state="failed"),
            ),
            guards.ReadOnly(
                name="credit_settlement_fixed",
                fields=["reference", "approval"],
                condition=pgtrigger.Q(old__state="settled"),
            ),
            two_people(
                "credit_settled_by_two",
                Agreement(
                    "credits.settle",
                    "settling credits needs a second person",
                    object_id="NEW.group_id::text",
                    more="a.decided_at >= COALESCE(OLD.changed_at, NEW.owed_at)",
                ),
                condition=pgtrigger.Q(new__state="settled"),
            ),
            two_people(
                "credit_changed_by_two",
                Agreement(
                    "CASE NEW.state WHEN 'owed' THEN 'credit.release' ELSE 'credit.cancel' END",
                    "releasing or cancelling a credit needs a second person",
                    more="a.decided_at >= OLD.changed_at",
                ),
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="withheld") & ~pgtrigger.Q(new__state="withheld"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.player_id} {self.value_micros}"
