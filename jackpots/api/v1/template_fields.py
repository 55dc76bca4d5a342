"""A template as /api/v1/ shows and takes it: every term of it, by the names of the interface."""

from typing import Any, Final

from rest_framework import serializers

from backoffice.api.fields import MoneyField, StrictSerializer
from jackpots.models import (
    ContributionKind,
    DurationUnit,
    JackpotType,
    LimitedShareTo,
    PotKind,
    PrizeKind,
    StrategyKind,
    StrategySplit,
    Template,
    TemplateAmount,
    TemplatePot,
    TemplatePrize,
    TemplateStrategy,
    TicketMetric,
    TimeRule,
    UnspentTo,
)
from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms

PPM: Final[dict[str, Any]] = {"min_value": 0, "max_value": 1_000_000}
OPTIONAL: Final[dict[str, Any]] = {"allow_null": True, "default": None}
COUNT: Final[dict[str, Any]] = {"min_value": 0, "max_value": 2**31 - 1}
COUNTRY: Final = serializers.CharField(min_length=2, max_length=2)


class TemplatePotFields(serializers.Serializer[TemplatePot]):
    """A pot as its template describes it; shares in parts per million."""

    id = serializers.CharField(source="code", max_length=40)
    kind = serializers.ChoiceField(choices=PotKind.choices)
    is_progressive = serializers.BooleanField(default=True)
    share_ppm = serializers.IntegerField(**PPM)
    seed_share_ppm = serializers.IntegerField(**PPM, default=0)
    initial_seed = MoneyField(source="initial_seed_micros", default=int)
    min_reseed = MoneyField(source="min_reseed_micros", default=int)
    value_from = MoneyField(source="value_from_micros", **OPTIONAL)
    value_to = MoneyField(source="value_to_micros", **OPTIONAL)
    segments = serializers.ListField(child=serializers.IntegerField(**COUNT), max_length=50, default=list)
    max_magic_number = serializers.IntegerField(**OPTIONAL, min_value=1, max_value=2**62)
    cost_per_attempt = MoneyField(source="cost_per_attempt_micros", **OPTIONAL)
    time_rule = serializers.ChoiceField(choices=TimeRule.choices, allow_blank=True, default="")
    period_seconds = serializers.IntegerField(**OPTIONAL, **COUNT)
    ceiling = MoneyField(source="ceiling_micros", **OPTIONAL)
    max_drops = serializers.IntegerField(**OPTIONAL, **COUNT)
    allows_external_trigger = serializers.BooleanField(default=False)


class TemplateAmountFields(serializers.Serializer[TemplateAmount]):
    """What a contribution is in one currency of the players; no allowed value named allows all within the bounds."""

    currency = serializers.CharField(min_length=3, max_length=3)
    default = MoneyField(source="default_micros")
    minimum = MoneyField(source="minimum_micros")
    maximum = MoneyField(source="maximum_micros")
    allowed = serializers.ListField(source="allowed_micros", child=MoneyField(), max_length=50, default=list)


class TemplateStrategyFields(serializers.Serializer[TemplateStrategy]):
    """A part of every pot that is won, and whom it goes to instead of the winner."""

    kind = serializers.ChoiceField(choices=StrategyKind.choices)
    share_ppm = serializers.IntegerField(**PPM)
    count = serializers.IntegerField(**COUNT)
    hours = serializers.IntegerField(**OPTIONAL, **COUNT)
    split = serializers.ChoiceField(choices=StrategySplit.choices, default="equal")


class TemplatePrizeFields(serializers.Serializer[TemplatePrize]):
    """A rank of a raffle's prizes: an amount, or a share of the pot, for each of `count` winners."""

    rank = serializers.IntegerField(**COUNT)
    kind = serializers.ChoiceField(choices=PrizeKind.choices)
    amount = MoneyField(source="amount_micros", default=int)
    share_ppm = serializers.IntegerField(**PPM, default=0)
    count = serializers.IntegerField(**COUNT, default=1)


class TemplatePotBody(TemplatePotFields, StrictSerializer):
    """A pot of a draft."""


class TemplateAmountBody(TemplateAmountFields, StrictSerializer):
    """A currency's amount of a draft."""


class TemplateStrategyBody(TemplateStrategyFields, StrictSerializer):
    """A strategy of a draft, in the order given."""


class TemplatePrizeBody(TemplatePrizeFields, StrictSerializer):
    """A prize of a draft."""


class TemplateFields(serializers.Serializer[Template]):
    """What a template says beside its parts. Those from `ticket_price` on are of raffles alone."""

    name = serializers.CharField(max_length=200)
    jackpot_type = serializers.ChoiceField(choices=JackpotType.choices, default="Jackpot")
    currency = serializers.CharField(min_length=3, max_length=3)
    contribution_kind = serializers.ChoiceField(choices=ContributionKind.choices, default="fixed")
    contribution = MoneyField(source="contribution_micros")
    operator_contribution_ppm = serializers.IntegerField(**PPM, default=1_000_000)
    household_ppm = serializers.IntegerField(**PPM, default=0)
    opt_in_required = serializers.BooleanField(default=True)
    minimum_base_wager = MoneyField(source="minimum_base_wager_micros", **OPTIONAL)
    maximum_base_wager = MoneyField(source="maximum_base_wager_micros", **OPTIONAL)
    limited_share_to = serializers.ChoiceField(choices=LimitedShareTo.choices, default="pots")
    withhold_above = MoneyField(source="withhold_above_micros", **OPTIONAL)
    withhold_countries = serializers.ListField(child=COUNTRY, max_length=250, default=list)
    community_unspent_to = serializers.ChoiceField(choices=UnspentTo.choices, default="seed")
    community_includes_winner = serializers.BooleanField(default=False)
    ticket_price = MoneyField(source="ticket_price_micros", **OPTIONAL)
    ticket_metric = serializers.ChoiceField(choices=TicketMetric.choices, allow_blank=True, default="")
    duration_count = serializers.IntegerField(**OPTIONAL, **COUNT)
    duration_unit = serializers.ChoiceField(choices=DurationUnit.choices, allow_blank=True, default="")
    prizes_per_player = serializers.IntegerField(allow_null=True, default=1, **COUNT)
    rolls_over = serializers.BooleanField(default=True)


class TemplateOut(TemplateFields):
    """A version of a template."""

    id = serializers.UUIDField()
    owner_id = serializers.SerializerMethodField()
    lineage_id = serializers.UUIDField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    win_selector_strategy = serializers.CharField()
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    pots = TemplatePotFields(many=True)
    amounts = TemplateAmountFields(many=True)
    strategies = TemplateStrategyFields(many=True)
    prizes = TemplatePrizeFields(many=True)

    def get_owner_id(self, row: Template) -> str:
        """The pair, or the operator alone."""
        return row.brand_id or row.operator_id


class TemplateBody(TemplateFields, StrictSerializer):
    """What a draft says."""

    owner_id = serializers.CharField(max_length=129, required=False)
    pots = serializers.ListField(child=TemplatePotBody(), allow_empty=False, max_length=20)
    amounts = serializers.ListField(child=TemplateAmountBody(), max_length=50, default=list)
    strategies = serializers.ListField(child=TemplateStrategyBody(), max_length=10, default=list)
    prizes = serializers.ListField(child=TemplatePrizeBody(), max_length=100, default=list)


def terms_sent(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent as the fields of a draft: parts as terms, in the order given, lists as tuples."""
    parts = {
        "pots": tuple(PotTerms(position=place, **_fixed(pot)) for place, pot in enumerate(sent["pots"])),
        "amounts": tuple(AmountTerms(**_fixed(amount)) for amount in sent["amounts"]),
        "strategies": tuple(
            StrategyTerms(position=place, **_fixed(one)) for place, one in enumerate(sent["strategies"])
        ),
        "prizes": tuple(PrizeTerms(**_fixed(prize)) for prize in sent["prizes"]),
    }
    return _fixed(sent) | parts


def _fixed(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
