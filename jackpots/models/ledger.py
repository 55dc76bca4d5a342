"""The ledger: accounts, transfers, lines. Double entry, append-only, one writer (operations/post_transfer.py)."""

import pgtrigger
from django.db import models

from backoffice.core import guards
from backoffice.core.fields import CurrencyField, MicrosField, TransactionIdField
from backoffice.tenancy.models import Brand, Operator
from jackpots.models.instance import Instance
from jackpots.models.pot import Pot


class AccountKind(models.TextChoices):
    """The accounts of an instance (rule B-12)."""

    HOUSE_FUNDING = "house_funding", "House funding"
    HOUSE = "house", "House"
    POT = "pot", "Pot"
    SEED = "seed", "Seed reserve"
    BOOST = "boost", "Seed boost"
    PAYABLE = "payable", "Payable"
    WITHHELD = "withheld", "Withheld"
    PLAYER_CLEARING = "player_clearing", "Player clearing"


class TransferKind(models.TextChoices):
    """Why money moved."""

    OPENING = "opening", "Opening"
    CONTRIBUTIONS = "contributions", "Contributions"
    WIN = "win", "Win"
    ROUNDING = "rounding", "Rounding"
    EXCESS = "excess", "Excess over the ceiling"
    RESEED = "reseed", "Reseed"
    SETTLEMENT = "settlement", "Settlement"
    WITHHOLDING = "withholding", "Withholding"
    RELEASE = "release", "Release"
    CANCELLATION = "cancellation", "Cancellation"
    COMMUNITY = "community", "Community payout"
    PRIZE = "prize", "Prize"
    PRIZE_FUNDING = "prize_funding", "Prize funding"
    RETURN = "return", "Return to funding"
    BOOST = "boost", "Seed boost"
    BOOST_REFUND = "boost_refund", "Seed boost refunded"
    SWITCH = "switch", "Switch of the model"
    SWEEP = "sweep", "Transfer of what is left"


class Account(models.Model):
    """An account of an instance, in its currency; per pot or per brand where the kind says so."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AccountKind.choices)
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT, null=True, related_name="+")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    currency = CurrencyField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="account_of_operator"),
            models.UniqueConstraint(
                fields=["operator", "instance", "kind", "pot", "brand"], nulls_distinct=False, name="account_once"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["pot", "seed", "boost"], pot__isnull=False, brand__isnull=True)
                | models.Q(kind__in=["house_funding", "player_clearing"], pot__isnull=True)
                | models.Q(kind__in=["house", "payable", "withheld"], pot__isnull=True, brand__isnull=True),
                name="account_shape",
            ),
        ]
        triggers = [guards.Protect(name="account_fixed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.instance_id}"


class Transfer(models.Model):
    """One movement: its lines sum to zero. The id is derived from the business key, so that it happens once."""

    id = models.UUIDField(primary_key=True, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    instance = models.ForeignKey(Instance, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=TransferKind.choices)
    currency = CurrencyField()
    reason = models.CharField(max_length=300, blank=True)
    subject_id = models.UUIDField(null=True)
    line_count = models.PositiveIntegerField()
    occurred_at = models.DateTimeField()
    transaction_id = TransactionIdField(db_default=models.expressions.RawSQL("pg_current_xact_id()", []))

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "id"], name="transfer_of_operator"),
            # An agreement moves money once, in each instance that it is about.
            models.UniqueConstraint(
                fields=["operator", "subject_id", "instance"],
                condition=models.Q(kind__in=["boost", "boost_refund", "switch", "sweep"]),
                name="transfer_once_an_approval",
            ),
        ]
        indexes = [
            models.Index(fields=["instance", "occurred_at"], name="transfer_by_instance"),
            models.Index(fields=["transaction_id"], name="transfer_by_transaction"),
            models.Index(fields=["subject_id"], name="transfer_by_subject"),
        ]
        triggers = [
            guards.Protect(name="transfer_fixed", operation=pgtrigger.Update | pgtrigger.Delete),
            # What moves money by hand names the approval as its subject.
            guards.Trigger(
                name="transfer_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__kind__in=["boost", "boost_refund", "switch", "sweep"]),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM approvals_approval a WHERE a.id = NEW.subject_id AND a.operator_id = NEW.operator_id
                        AND a.kind = CASE NEW.kind WHEN 'boost' THEN 'pot.boost' WHEN 'boost_refund' THEN 'pot.refund_boost'
                            WHEN 'switch' THEN 'instance.switch' ELSE 'instance.sweep' END
                        AND a.state = 'approved' AND a.decided_by_id <> a.requested_by_id
                    ) THEN
                        RAISE EXCEPTION 'moving money by hand needs a second person' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,  # noqa: E501
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Line(models.Model):
    """A line of a transfer: positive comes in, negative goes out. Partitioned by `month` (its first day)."""

    pk = models.CompositePrimaryKey("id", "month")
    id = models.BigIntegerField(db_default=models.expressions.RawSQL("nextval('jackpots_line_id')", []))
    month = models.DateField()
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    amount_micros = MicrosField()
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        managed = False
        db_table = "jackpots_line"

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_micros}"
