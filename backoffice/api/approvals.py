"""/api/v1/approvals: what waits for a second person, and the second person's word."""

from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import PlayersField, StrictSerializer
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource, Resource
from backoffice.approvals.models import Approval, ApprovalState
from backoffice.approvals.operations.decide_approval import Decision, decide_approval


class ApprovalOut(serializers.Serializer[Approval]):
    """A request with what it would change, and what became of it."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    operator_id = serializers.CharField()
    brand_id = serializers.CharField(allow_null=True)
    object_id = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()
    evidence = PlayersField()
    requested_by = serializers.CharField(source="requested_by.email")
    requested_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by.email", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_reason = serializers.CharField()


def asked(resource: Resource, approval: Approval) -> Response:
    """What a route that asks a second person answers: 202 with the request."""
    return Response(ApprovalOut(approval, context=resource.get_serializer_context()).data, status.HTTP_202_ACCEPTED)


class DecisionBody(StrictSerializer):
    """Yes or no, and why."""

    approved = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class ApprovalFilters(ResourceFilters):
    """What a list of requests can be narrowed by."""

    state = filters.ChoiceFilter(choices=ApprovalState.choices)
    kind = filters.CharFilter()
    object_id = filters.CharFilter()


class ApprovalResource(ReadResource):
    """Requests for a second person."""

    rights = {"GET": "approvals.view"}
    queryset = Approval.objects.none()
    serializer_class = ApprovalOut
    filterset_class = ApprovalFilters
    ordering = ("-requested_at", "-id")

    def rows(self) -> QuerySet[Approval]:
        """The requests in scope."""
        rows = Approval.objects.select_related("requested_by", "decided_by")
        return self.scope.rows(rows, brand_field="brand_id")

    @extend_schema(request=DecisionBody, responses=ApprovalOut)
    @action(detail=True, methods=["post"], rights={"POST": "approvals.decide"})
    def decide(self, request: Request, pk: str) -> Response:
        """Approve or reject as a second person; an approval takes effect at once. 403 for who asked."""
        sent = self.body(DecisionBody)
        decision = Decision(is_approved=sent["approved"], reason=sent["reason"])
        approval = decide_approval(
            UUID(pk), decision, decided_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return Response(self.get_serializer(approval).data)
