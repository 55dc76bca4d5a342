"""/api/v1/integrations: see them, submit one, disconnect one."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import ReasonBody, StrictSerializer
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from integrations.models import Integration, IntegrationState
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.submit_integration import Submission, submit_integration
from integrations.queries.integrations import integration, integrations


class IntegrationOut(serializers.Serializer[Integration]):
    """An integration as it was submitted. Credentials are never shown; `has_credentials` says whether there are any."""

    id = serializers.UUIDField()
    operator_id = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    transport = serializers.CharField()
    settings = serializers.SerializerMethodField()
    connection = serializers.SerializerMethodField()
    has_credentials = serializers.SerializerMethodField()
    state = serializers.CharField()
    state_reason = serializers.CharField()
    approval_id = serializers.UUIDField(allow_null=True)
    copied_from_id = serializers.UUIDField(allow_null=True)
    submitted_by = serializers.CharField(source="submitted_by.email")
    submitted_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    def get_settings(self, row: Integration) -> dict[str, Any]:
        """What the kind was told."""
        return dict(row.settings.get("kind", {}))

    def get_connection(self, row: Integration) -> dict[str, Any]:
        """What the transport was told."""
        return dict(row.settings.get("connection", {}))

    def get_has_credentials(self, row: Integration) -> bool:
        """Whether credentials were given."""
        return row.sealed_credentials is not None


class IntegrationBody(StrictSerializer):
    """What is asked for. Nothing of it can be edited afterwards; submit a copy instead.

    `credentials` are `username` and `password`, and whatever else the kind asks for; they are written once, sealed,
    and never read back.
    """

    owner_id = serializers.CharField(max_length=64, required=False)
    kind = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=200)
    transport = serializers.CharField(max_length=20)
    settings = serializers.DictField(default=dict)
    connection = serializers.DictField(default=dict)
    credentials = serializers.DictField(
        child=serializers.CharField(max_length=1000, allow_blank=True, trim_whitespace=False),
        write_only=True,
        required=False,
    )
    copied_from = serializers.UUIDField(allow_null=True, default=None)
    reason = serializers.CharField(max_length=300)


class IntegrationFilters(ResourceFilters):
    """What a list of integrations can be narrowed by."""

    state = filters.ChoiceFilter(choices=IntegrationState.choices)
    kind = filters.CharFilter()
    name = filters.CharFilter(lookup_expr="icontains")


class IntegrationResource(ReadResource):
    """Connections to other systems."""

    rights = {"GET": "integrations.view", "POST": "integrations.submit"}
    queryset = Integration.objects.none()
    serializer_class = IntegrationOut
    filterset_class = IntegrationFilters
    ordering = ("-submitted_at", "-id")

    def rows(self) -> QuerySet[Integration]:
        """The integrations in scope."""
        return integrations(self.scope)

    @extend_schema(request=IntegrationBody, responses={201: IntegrationOut})
    def create(self, request: Request) -> Response:
        """Submit an integration; a second person decides."""
        sent = self.body(IntegrationBody)
        operator_id, brand_id = self.operator_id_of(sent.pop("owner_id", None))
        submission = Submission(operator_id=brand_id or operator_id, **sent)
        made = submit_integration(
            submission, submitted_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return Response(IntegrationOut(integration(self.scope, made.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonBody, responses=IntegrationOut)
    @action(detail=True, methods=["post"], rights={"POST": "integrations.disconnect"})
    def disconnect(self, request: Request, pk: str) -> Response:
        """End an active integration for good."""
        reason = self.body(ReasonBody)["reason"]
        disconnect_integration(UUID(pk), reason=reason, scope=self.scope, actor=self.actor, now=self.now)
        return Response(IntegrationOut(integration(self.scope, UUID(pk))).data)
