"""The parts of a template beside its pots: amounts by currency, community strategies, raffle prizes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backoffice.core.fields import CurrencyField, MicrosField, PartsPerMillionField
from backoffice.tenancy.models import Operator
from jackpots.models.template import Template, fixed_with_template


class TemplateAmount(models.Model):
    """What a contribution may be in one currency of the players, so that it is as fair there as anywhere."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="amounts")
    currency = CurrencyField()
    default_micros = MicrosField()
    minimum_micros = MicrosField()
    maximum_micros = MicrosField()
    allowed_micros = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "template", "currency"], name="template_amount_once"),
            models.CheckConstraint(
                condition=models.Q(
                    minimum_micros__gte=0,
                    minimum_micros__lte=models.F("default_micros"),
                    default_micros__lte=models.F("maximum_micros"),
                    maximum_micros__lt=10**15,
                ),
                name="template_amount_range",
            ),
        ]
        triggers = [fixed_with_template("template_amount_fixed")]

    def __str__(self) -> str:
        return f"{self.default_micros} {self.currency}"


class StrategyKind(models.TextChoices):
    """Whom a part of a community payout goes to."""

    ACTIVE = "active", "Active players at random"
    LIFETIME = "lifetime", "Highest contributors of the lifetime"
    PER_WIN = "per_win", "Highest contributors since the pot was won"


class StrategySplit(models.TextChoices):
    """How a strategy's part is divided among its players."""

    EQUAL = "equal", "Equally"
    PROPORTIONAL = "proportional", "By what they contributed"


class TemplateStrategy(models.Model):
    """A part of every pot that is won, and the players it goes to instead of the winner."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="strategies")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=StrategyKind.choices)
    share_ppm = PartsPerMillionField()
    count = models.PositiveIntegerField()
    hours = models.PositiveIntegerField(null=True, blank=True)
    split = models.CharField(max_length=15, choices=StrategySplit.choices, default=StrategySplit.EQUAL)

    class Meta:
        ordering = ["template_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "template", "position"], name="template_strategy_once"),
            models.CheckConstraint(
                condition=models.Q(kind="active", hours__gte=1, hours__lte=720)
                | models.Q(kind__in=["lifetime", "per_win"], hours__isnull=True),
                name="template_strategy_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=1, count__lte=10_000, share_ppm__gte=1, share_ppm__lte=1_000_000)
                & models.Q(split__in=StrategySplit.values),
                name="template_strategy_range",
            ),
        ]
        triggers = [fixed_with_template("template_strategy_fixed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.share_ppm}"


class PrizeKind(models.TextChoices):
    """What a prize is worth."""

    AMOUNT = "amount", "An amount"
    SHARE = "share", "A share of the pot"


class TemplatePrize(models.Model):
    """A prize of each round of a raffle: `count` winners get the amount, or the share of the pot, each."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="prizes")
    rank = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=PrizeKind.choices)
    amount_micros = MicrosField(default=0)
    share_ppm = PartsPerMillionField(default=0)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["template_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "template", "rank"], name="template_prize_once"),
            models.CheckConstraint(
                condition=models.Q(kind="amount", amount_micros__gt=0, amount_micros__lt=10**15, share_ppm=0)
                | models.Q(kind="share", share_ppm__gt=0, share_ppm__lte=1_000_000, amount_micros=0),
                name="template_prize_worth",
            ),
            models.CheckConstraint(condition=models.Q(count__gte=1, count__lte=100_000), name="template_prize_count"),
        ]
        triggers = [fixed_with_template("template_prize_fixed")]

    def __str__(self) -> str:
        return f"prize {self.rank}"
