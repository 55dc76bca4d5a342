"""/api/v1/suspensions."""

from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import ReasonBody
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from jackpots.models import Suspension
from jackpots.operations.lift_suspension import lift_suspension
from jackpots.operations.suspend import suspend
from jackpots.queries.suspensions import Suspended, suspension, suspensions


class SuspensionOut(serializers.Serializer[Suspension]):
    """What takes, or took, no contributions: a brand, a source, or everything where both are null."""

    id = serializers.UUIDField()
    operator_id = serializers.CharField()
    brand_id = serializers.CharField(allow_null=True)
    source_key = serializers.IntegerField(source="source_id", allow_null=True)
    reason = serializers.CharField()
    started_at = serializers.DateTimeField()
    started_by = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_by = serializers.CharField()
    end_reason = serializers.CharField()


class SuspensionBody(ReasonBody):
    """The operator or the brand, or one of their sources by its key."""

    owner_id = serializers.CharField(max_length=129, required=False)
    source_key = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class SuspensionFilters(ResourceFilters):
    """What a list of suspensions can be narrowed by."""

    holding = filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull")
    brand_id = filters.CharFilter(field_name="brand_id")


class SuspensionResource(ReadResource):
    """Suspensions: see, suspend, resume."""

    rights = {"GET": "instances.view", "POST": "instances.change"}
    queryset = Suspension.objects.none()
    serializer_class = SuspensionOut
    filterset_class = SuspensionFilters
    ordering = ("-started_at", "-id")

    def rows(self) -> QuerySet[Suspension]:
        """The suspensions in scope."""
        return suspensions(self.scope)

    @extend_schema(request=SuspensionBody, responses={201: SuspensionOut})
    def create(self, request: Request) -> Response:
        """Refuse the contributions of an operator, a brand or a source until it is resumed."""
        sent = self.body(SuspensionBody)
        operator_id, brand_id = self.operator_id_of(sent.get("owner_id"))
        what = Suspended(operator_id, None if sent["source_key"] else brand_id, sent["source_key"])
        made = suspend(what, reason=sent["reason"], scope=self.scope, actor=self.actor, now=self.now)
        return Response(SuspensionOut(suspension(self.scope, made.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonBody, responses=SuspensionOut)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, pk: str) -> Response:
        """Take contributions again."""
        reason = self.body(ReasonBody)["reason"]
        lift_suspension(UUID(pk), reason=reason, scope=self.scope, actor=self.actor, now=self.now)
        return Response(SuspensionOut(suspension(self.scope, UUID(pk))).data)
