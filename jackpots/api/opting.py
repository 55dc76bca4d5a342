"""Players go in and out: the gateway's POST /jackpots/optin, and /api/v1/opt-ins."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.models import ServiceAccount
from backoffice.accounts.viewer import scope_of
from backoffice.api.fields import MoneyField, PlayerField, StrictSerializer
from backoffice.api.filters import ResourceFilters
from backoffice.api.gateway import GatewayView, account_of, body_of
from backoffice.api.schema import ref
from backoffice.api.v1 import Resource
from backoffice.core import clock
from backoffice.core.errors import Refusal
from jackpots.models import OptIn
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.queries.gateway import opt_in_facts
from jackpots.queries.opt_ins import OptInDetails, opt_ins
from jackpots.wire.contribution import unsupported_brand
from jackpots.wire.opt_in import SentOptIn, decode_opt_in, opt_in_event


def _opted(account: ServiceAccount, sent: SentOptIn) -> OptInDetails:
    if not scope_of(account).sees_brand(sent.brand_id):
        raise unsupported_brand(sent.brand_id)
    request = OptInRequest(
        operator_id=account.operator_id,
        instance_id=sent.instance_id,
        brand_id=sent.brand_id,
        player_id=sent.player_id,
        player_country=sent.player_country,
        opt_in=sent.opt_in,
        preferred_micros=sent.preferred_micros,
        currency=sent.currency,
    )
    return opt_in(request, now=clock.now())


class OptInPlayer(GatewayView):
    """Opt a player in to a jackpot, or out of it (OPT-01…03)."""

    rights = {"POST": "opt_ins.change"}

    @extend_schema(
        operation_id="opt_in_player",
        tags=["gateway"],
        request={"application/json": ref("OptInRequest")},
        responses={200: ref("OptIn")},
    )
    def post(self, request: Request) -> Response:
        """Where the player stands now. The same request again changes nothing."""
        account = account_of(request)
        details = _opted(account, decode_opt_in(body_of(request)))
        return Response(opt_in_event(opt_in_facts(details)))


class OptInOut(serializers.Serializer[OptIn]):
    """A player in an instance; amounts in the instance's currency."""

    instance_id = serializers.UUIDField()
    brand_id = serializers.CharField()
    player_id = PlayerField()
    player_country = serializers.CharField()
    opted_in = serializers.BooleanField()
    contribution_count = serializers.IntegerField()
    contribution_amount = MoneyField(source="contribution_micros")
    preferred_contribution = MoneyField(source="preferred_contribution_micros", allow_null=True)
    player_currency = serializers.CharField(source="currency")
    currency = serializers.CharField(source="instance.currency")
    opted_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()


class OptInBody(StrictSerializer):
    """Who goes where."""

    instance_id = serializers.UUIDField()
    brand_id = serializers.CharField(max_length=129)
    player_id = serializers.CharField(max_length=128, trim_whitespace=False)
    player_country = serializers.CharField(min_length=2, max_length=3)
    opt_in = serializers.BooleanField()
    contribution_value = serializers.DecimalField(max_digits=15, decimal_places=6, allow_null=True, default=None)
    currency = serializers.CharField(min_length=3, max_length=3, allow_null=True, default=None)


class OptInFilters(ResourceFilters):
    """What a list of opt-ins can be narrowed by."""

    instance_id = filters.UUIDFilter()
    brand_id = filters.CharFilter(field_name="brand_id")
    player_id = filters.CharFilter()
    opted_in = filters.BooleanFilter()


class OptInResource(ListModelMixin, Resource):
    """Players in jackpots. Machines opt them in and out, for their players; people look."""

    rights = {"GET": "contributions.view", "POST": "opt_ins.change"}
    queryset = OptIn.objects.none()
    serializer_class = OptInOut
    filterset_class = OptInFilters
    ordering = ("-changed_at", "-id")

    def rows(self) -> QuerySet[OptIn]:
        """The opt-ins in scope."""
        return opt_ins(self.scope)

    @extend_schema(request=OptInBody, responses=OptInOut)
    def create(self, request: Request) -> Response:
        """Opt a player in or out; the same request again changes nothing."""
        sent = self.body(OptInBody)
        if not isinstance(self.viewer, ServiceAccount):
            raise Refusal("FORBIDDEN", "This is for service accounts.")
        details = _opted(self.viewer, SentOptIn(**sent))
        row = self.rows().get(instance_id=details.instance_id, brand_id=details.brand_id, player_id=details.player_id)
        return Response(self.get_serializer(row).data, status.HTTP_200_OK)
