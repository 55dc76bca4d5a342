"""/api/v1/wins."""

from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.approvals import ApprovalOut, asked
from backoffice.api.fields import ExactField, MoneyField, PlayerField, ReasonBody
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from jackpots.models import Win, WinCause, WinState
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_release import request_release
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.wins import win, wins


class WinOut(serializers.Serializer[Win]):
    """A win. `value` is the pot's in the jackpot's currency, `pay` what the player gets in the player's.
    `value` = cost + residual + community; `cause` tells a hit from the deadline of a window."""

    id = serializers.UUIDField()
    brand_id = serializers.CharField()
    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField(source="instance.name")
    pot_id = serializers.CharField(source="pot.code")
    cycle = serializers.IntegerField()
    contribution_id = serializers.UUIDField()
    source_id = serializers.CharField(allow_null=True)
    player_id = PlayerField()
    currency = serializers.CharField(source="instance.currency")
    value = MoneyField(source="value_micros")
    cost = MoneyField(source="cost_micros")
    residual = MoneyField(source="residual_micros")
    community = MoneyField(source="community_micros")
    cause = serializers.ChoiceField(choices=WinCause.choices)
    player_currency = serializers.CharField()
    pay = MoneyField(source="pay_micros")
    rate = ExactField()
    seed = MoneyField(source="seed_micros")
    seed_deficit = MoneyField(source="seed_deficit_micros")
    state = serializers.CharField()
    state_reason = serializers.CharField()
    reference = serializers.CharField()
    approval_id = serializers.UUIDField(allow_null=True)
    won_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class SettlementBody(ReasonBody):
    """How it was paid, and why it is settled by hand."""

    reference = serializers.CharField(max_length=200)


class WinFilters(ResourceFilters):
    """What a list of wins can be narrowed by."""

    state = filters.ChoiceFilter(choices=WinState.choices)
    instance_id = filters.UUIDFilter()
    brand_id = filters.CharFilter(field_name="brand_id")
    player_id = filters.CharFilter()
    pot_id = filters.CharFilter(field_name="pot__code")
    won_after = filters.IsoDateTimeFilter(field_name="won_at", lookup_expr="gte")
    won_before = filters.IsoDateTimeFilter(field_name="won_at", lookup_expr="lt")


class WinResource(ReadResource):
    """Wins: see them, withhold one, ask a second person to settle or to release one."""

    rights = {"GET": "wins.view"}
    queryset = Win.objects.none()
    serializer_class = WinOut
    filterset_class = WinFilters
    ordering = ("-won_at", "-id")

    def rows(self) -> QuerySet[Win]:
        """The wins in scope."""
        return wins(self.scope)

    @extend_schema(request=ReasonBody, responses=WinOut)
    @action(detail=True, methods=["post"], rights={"POST": "wins.withhold"})
    def withhold(self, request: Request, pk: str) -> Response:
        """Owed → withheld: nothing is paid until a second person releases it."""
        reason = self.body(ReasonBody)["reason"]
        withhold_win(UUID(pk), reason=reason, scope=self.scope, actor=self.actor, now=self.now)
        return Response(self.get_serializer(win(self.scope, UUID(pk))).data)

    @extend_schema(request=SettlementBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-settlement", rights={"POST": "wins.settle"})
    def request_settlement(self, request: Request, pk: str) -> Response:
        """Ask a second person to settle an owed win, with the reference of its payment."""
        sent = self.body(SettlementBody)
        approval = request_settlement(
            UUID(pk), **sent, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)

    @extend_schema(request=ReasonBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-release", rights={"POST": "wins.withhold"})
    def request_release(self, request: Request, pk: str) -> Response:
        """Ask a second person to release a withheld win."""
        sent = self.body(ReasonBody)
        approval = request_release(
            UUID(pk), **sent, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)

    @extend_schema(request=ReasonBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-cancellation", rights={"POST": "wins.withhold"})
    def request_cancellation(self, request: Request, pk: str) -> Response:
        """Ask a second person to cancel a withheld win: its money goes to the seed reserve of its pot."""
        sent = self.body(ReasonBody)
        approval = request_cancellation(
            UUID(pk), **sent, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)
