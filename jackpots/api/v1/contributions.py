"""/api/v1/contributions."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from backoffice.api.fields import ExactField, MoneyField, PlayerField
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from jackpots.models import Contribution
from jackpots.queries.contributions import contributions


class ContributionOut(serializers.Serializer[Contribution]):
    """An accepted contribution. `amount` is in the jackpot's currency, the other amounts are in the player's."""

    id = serializers.UUIDField()
    brand_id = serializers.CharField()
    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField(source="instance.name")
    source_id = serializers.CharField(source="source.source_id", allow_null=True, default=None)
    template_id = serializers.UUIDField()
    player_id = PlayerField()
    player_country = serializers.CharField()
    gameround_id = serializers.CharField()
    currency = serializers.CharField()
    contribution_amount = MoneyField(source="contribution_micros")
    base_wager = MoneyField(source="base_wager_micros")
    jackpot_currency = serializers.CharField(source="instance.currency")
    amount = MoneyField(source="amount_micros")
    rate = ExactField()
    metadata = serializers.JSONField(allow_null=True)
    win_pot_id = serializers.CharField(source="win_pot", allow_null=True)
    win_amount = MoneyField(source="win_micros")
    mark = serializers.CharField()
    accepted_at = serializers.DateTimeField()


class ContributionFilters(ResourceFilters):
    """What a list of contributions can be narrowed by."""

    instance_id = filters.UUIDFilter()
    brand_id = filters.CharFilter(field_name="brand_id")
    source_id = filters.CharFilter(field_name="source__source_id")
    player_id = filters.CharFilter()
    gameround_id = filters.CharFilter()
    currency = filters.CharFilter()
    won = filters.BooleanFilter(field_name="win_pot", lookup_expr="isnull", exclude=True)
    accepted_after = filters.IsoDateTimeFilter(field_name="accepted_at", lookup_expr="gte")
    accepted_before = filters.IsoDateTimeFilter(field_name="accepted_at", lookup_expr="lt")


class ContributionResource(ReadResource):
    """The journal of contributions."""

    rights = {"GET": "contributions.view"}
    queryset = Contribution.objects.none()
    serializer_class = ContributionOut
    filterset_class = ContributionFilters
    ordering = ("-accepted_at", "-id")

    def rows(self) -> QuerySet[Contribution]:
        """The contributions in scope."""
        return contributions(self.scope)
