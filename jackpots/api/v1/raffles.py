"""/api/v1/rounds and /api/v1/credits."""

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
from jackpots.api.v1.wins import SettlementBody
from jackpots.models import Credit, CreditKind, CreditState, RaffleRound, RoundState
from jackpots.operations.request_credit_cancellation import request_credit_cancellation
from jackpots.operations.request_credit_release import request_credit_release
from jackpots.operations.request_credits_settlement import request_credits_settlement
from jackpots.queries.credits import credits_in
from jackpots.queries.rounds import rounds


class RaffleRoundOut(serializers.Serializer[RaffleRound]):
    """A round of a raffle. Its credits have its id as `group_id`; the root is hexadecimal, null until it is frozen."""

    id = serializers.UUIDField()
    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField(source="instance.name")
    number = serializers.IntegerField()
    state = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    ticket_count = serializers.IntegerField()
    tickets_root = serializers.SerializerMethodField()
    late_by_ms = serializers.IntegerField(allow_null=True)
    winner_count = serializers.SerializerMethodField()
    closed_at = serializers.DateTimeField(allow_null=True)
    drawn_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)

    def get_tickets_root(self, row: RaffleRound) -> str | None:
        """The root of the tickets."""
        return bytes(row.root).hex() if row.root else None

    def get_winner_count(self, row: RaffleRound) -> int | None:
        """How many prizes were won."""
        found: int | None = row.outcome.get("winners")
        return found


class RoundFilters(ResourceFilters):
    """What a list of rounds can be narrowed by."""

    state = filters.ChoiceFilter(choices=RoundState.choices)
    instance_id = filters.UUIDFilter()
    ends_after = filters.IsoDateTimeFilter(field_name="ends_at", lookup_expr="gte")
    ends_before = filters.IsoDateTimeFilter(field_name="ends_at", lookup_expr="lt")


class RoundResource(ReadResource):
    """Rounds of raffles."""

    rights = {"GET": "instances.view"}
    queryset = RaffleRound.objects.none()
    serializer_class = RaffleRoundOut
    filterset_class = RoundFilters
    ordering = ("-starts_at", "-id")

    def rows(self) -> QuerySet[RaffleRound]:
        """The rounds in scope."""
        return rounds(self.scope)


class CreditOut(serializers.Serializer[Credit]):
    """What a player is owed of a raffle's round or a win's community payout. `value` is in the jackpot's currency,
    `pay` in the player's."""

    id = serializers.UUIDField()
    group_id = serializers.UUIDField()
    kind = serializers.CharField()
    brand_id = serializers.CharField()
    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField(source="instance.name")
    pot_id = serializers.CharField(source="pot.code")
    cycle = serializers.IntegerField()
    position = serializers.IntegerField()
    player_id = PlayerField()
    ticket_number = serializers.IntegerField(allow_null=True)
    prize_rank = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField(source="instance.currency")
    value = MoneyField(source="value_micros")
    cost = MoneyField(source="cost_micros")
    player_currency = serializers.CharField()
    pay = MoneyField(source="pay_micros")
    rate = ExactField(allow_null=True)
    state = serializers.CharField()
    state_reason = serializers.CharField()
    reference = serializers.CharField()
    approval_id = serializers.UUIDField(allow_null=True)
    owed_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()


class CreditFilters(ResourceFilters):
    """What a list of credits can be narrowed by."""

    state = filters.ChoiceFilter(choices=CreditState.choices)
    kind = filters.ChoiceFilter(choices=CreditKind.choices)
    group_id = filters.UUIDFilter()
    instance_id = filters.UUIDFilter()
    brand_id = filters.CharFilter(field_name="brand_id")
    player_id = filters.CharFilter()
    owed_after = filters.IsoDateTimeFilter(field_name="owed_at", lookup_expr="gte")
    owed_before = filters.IsoDateTimeFilter(field_name="owed_at", lookup_expr="lt")


class CreditResource(ReadResource):
    """Credits: see them; ask a second person to settle a group, to release or to cancel a withheld one."""

    rights = {"GET": "wins.view"}
    queryset = Credit.objects.none()
    serializer_class = CreditOut
    filterset_class = CreditFilters
    ordering = ("-owed_at", "-id")

    def rows(self) -> QuerySet[Credit]:
        """The credits in scope."""
        return credits_in(self.scope)

    @extend_schema(request=SettlementBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-settlement", rights={"POST": "wins.settle"})
    def request_settlement(self, request: Request, pk: str) -> Response:
        """Ask a second person to settle all that is owed of this credit's round or win, with the reference of its
        payment."""
        sent = self.body(SettlementBody)
        group_id = self.get_object().group_id
        approval = request_credits_settlement(
            group_id, **sent, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)

    @extend_schema(request=ReasonBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-release", rights={"POST": "wins.withhold"})
    def request_release(self, request: Request, pk: str) -> Response:
        """Ask a second person to release a withheld credit."""
        sent = self.body(ReasonBody)
        approval = request_credit_release(
            UUID(pk), **sent, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)

    @extend_schema(request=ReasonBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-cancellation", rights={"POST": "wins.withhold"})
    def request_cancellation(self, request: Request, pk: str) -> Response:
        """Ask a second person to cancel a withheld credit: its money goes to the seed reserve of its pot."""
        sent = self.body(ReasonBody)
        approval = request_credit_cancellation(
            UUID(pk), **sent, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)
