"""/api/v1/liability: what is owed by jackpot and month, and whether the ledger agrees."""

from datetime import date
from typing import Any, Final

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import MoneyField, StrictSerializer
from backoffice.api.v1 import Resource
from jackpots.rules.liability import Flows, Held
from reporting.queries.liability import Check, LiabilityFilters, LiabilityRow, liability_report
from reporting.rules.frames import CUSTOM, DEFAULT, SHORTCUTS, frame_of

EARLIEST: Final = date(2000, 1, 1)


class HeldOut(serializers.Serializer[Held]):
    """What the accounts of a jackpot hold."""

    pots = MoneyField()
    seeds = MoneyField()
    boosts = MoneyField()
    payable = MoneyField()
    withheld = MoneyField()


class FlowsOut(serializers.Serializer[Flows]):
    """What moved."""

    contributions_to_pots = MoneyField()
    contributions_to_seeds = MoneyField()
    house_funding = MoneyField()
    boosts = MoneyField()
    payouts = MoneyField()
    transfers = MoneyField()


class LiabilityRowOut(serializers.Serializer[LiabilityRow]):
    """A jackpot's month: opening + flows + other brands = closing."""

    operator_id = serializers.CharField()
    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField()
    instance_state = serializers.CharField()
    currency = serializers.CharField()
    month = serializers.DateField()
    first = serializers.DateField()
    last = serializers.DateField()
    opening = MoneyField(source="opening_micros")
    flows = FlowsOut()
    other_brands = MoneyField(source="other_brands_micros")
    closing = MoneyField(source="closing_micros")
    held = HeldOut()


class CheckOut(serializers.Serializer[Check]):
    """A currency, counted in independent ways."""

    currency = serializers.CharField()
    reported = MoneyField(source="reported_micros")
    ledger = MoneyField(source="ledger_micros")
    rows = MoneyField(source="rows_micros", allow_null=True)
    difference = MoneyField(source="difference_micros")
    is_reconciled = serializers.BooleanField()


class LiabilityOut(serializers.Serializer[Any]):
    """The report."""

    first = serializers.DateField(allow_null=True)
    last = serializers.DateField()
    rows = LiabilityRowOut(many=True)
    checks = CheckOut(many=True)


class LiabilityQuery(StrictSerializer):
    """Which days, in each operator's accounting zone, and which jackpot. Two dates go before a shortcut."""

    range = serializers.ChoiceField(choices=list(SHORTCUTS), default=DEFAULT)
    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    instance_id = serializers.UUIDField(required=False)
    brand_id = serializers.CharField(required=False, max_length=129)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Dates that somebody can have meant."""
        for name in ("first", "last"):
            if name in attrs and not EARLIEST <= attrs[name] <= date(9998, 12, 31):
                raise serializers.ValidationError({name: ["This date is out of range."]})
        return attrs


class LiabilityResource(Resource):
    """The liability report."""

    rights = {"GET": "liability.view"}
    filter_backends = []
    pagination_class = None

    @extend_schema(parameters=[LiabilityQuery], responses=LiabilityOut)
    def list(self, request: Request) -> Response:
        """The months of the range, and a check for each currency."""
        query = LiabilityQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked: dict[str, Any] = query.validated_data
        now = self.now
        dated = "first" in asked or "last" in asked
        last = min(asked["last"], now.date()) if "last" in asked else None
        frame = frame_of(CUSTOM if dated else asked["range"], now.date(), asked.get("first"), last)
        scope = self.scope.narrowed([asked["brand_id"]]) if "brand_id" in asked else self.scope
        ids = frozenset([asked["instance_id"]]) if "instance_id" in asked else None
        report = liability_report(scope, LiabilityFilters(frame=frame, instance_ids=ids), now)
        body = {"first": frame.first, "last": frame.last, "rows": report.rows, "checks": report.checks}
        return Response(LiabilityOut(body).data)
