"""Raffles: their rounds, what each player has in one, and the numbered tickets."""

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.core.fields import CurrencyField, MicrosField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance
from jackpots.models.pot import Pot


class RoundState(models.TextChoices):
    """The steps of a round; each is taken once, by whoever comes first."""

    PENDING = "pending", "Pending"
    ACTIVE = "active", "Active"
    CLOSING = "closing", "Closing"
    FROZEN = "frozen", "Frozen"
    DRAWN = "drawn", "Drawn"
    PAYING = "paying", "Paying"
    COMPLETE = "complete", "Complete"


class RaffleRound(models.Model):
    """A round of a raffle: its number is the cycle of the raffle's pot, whose secret draws it.

    `ticket_count` is the number of the last ticket; `root` stands for the list of tickets, made as `root_kind` says;
    `late_by_ms` is how long after `ends_at` the round was closed. `outcome` holds the awards as they were drawn.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="rounds")
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RoundState.choices, default=RoundState.PENDING)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ticket_count = models.BigIntegerField(default=0)
    root = models.BinaryField(max_length=32, null=True)
    root_kind = models.CharField(max_length=10, blank=True)
    late_by_ms = models.BigIntegerField(null=True)
    outcome = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["instance_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="round_of_operator"),
            models.UniqueConstraint(fields=["operator", "instance", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["operator", "instance"],
                condition=models.Q(state="active"),
                name="round_one_active",
            ),
            models.CheckConstraint(condition=models.Q(state__in=RoundState.values), name="round_state_known"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"), ticket_count__gte=0), name="round_range"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "active", "closing"])
                | models.Q(root__isnull=False, frozen_at__isnull=False),
                name="round_frozen_with_root",
            ),
        ]
        indexes = [models.Index(fields=["state", "ends_at"], name="round_due")]
        triggers = [
            guards.Protect(name="round_kept", operation=pgtrigger.Delete),
            guards.FSM(
                name="round_transitions",
                field="state",
                transitions=[
                    ("pending", "active"),
                    ("pending", "complete"),
                    ("active", "closing"),
                    ("closing", "frozen"),
                    ("frozen", "drawn"),
                    ("drawn", "paying"),
                    ("paying", "complete"),
                ],
            ),
            guards.ReadOnly(name="round_identity", fields=["operator", "instance", "pot", "number", "starts_at"]),
            guards.ReadOnly(
                name="round_frozen",
                fields=["ticket_count", "root", "root_kind", "ends_at"],
                condition=~pgtrigger.Q(old__state__in=["pending", "active", "closing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instance_id} round {self.number}"


class TicketEntry(models.Model):
    """A player in a round: what was counted towards tickets, what is carried to the next one, how many there are."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    round = models.ForeignKey(
        RaffleRound, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    player_id = models.CharField(max_length=128)
    player_country = models.CharField(max_length=3, blank=True)
    currency = CurrencyField()
    metric_micros = MicrosField(default=0)
    carry_micros = MicrosField(default=0)
    ticket_count = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "round", "brand", "player_id"], name="ticket_entry_once"),
            models.CheckConstraint(
                condition=models.Q(metric_micros__gte=0, carry_micros__gte=0, ticket_count__gte=0),
                name="ticket_entry_range",
            ),
        ]
        indexes = [models.Index(fields=["operator", "brand", "player_id"], name="ticket_entry_of_player")]

    def __str__(self) -> str:
        return f"{self.player_id} {self.ticket_count}"


class TicketRange(models.Model):
    """Tickets awarded at once: from `first_number`, `count` of them. Numbers are dense in the order of award."""

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    round = models.ForeignKey(
        RaffleRound, on_delete=models.PROTECT, related_name="ranges", db_index=False, db_constraint=False
    )
    first_number = models.BigIntegerField()
    count = models.BigIntegerField()
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    player_id = models.CharField(max_length=128)
    currency = CurrencyField()
    contribution_id = models.UUIDField()
    awarded_at = models.DateTimeField()

    class Meta:
        ordering = ["round_id", "first_number"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "round", "first_number"], name="ticket_range_once"),
            models.CheckConstraint(condition=models.Q(first_number__gte=1, count__gte=1), name="ticket_range_numbers"),
        ]
        triggers = [guards.Protect(name="ticket_range_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.first_number}+{self.count}"
