"""/api/v1/templates."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.approvals import ApprovalOut
from backoffice.api.fields import MoneyField, ReasonBody, StrictSerializer
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from jackpots.models import PotKind, Template, TemplatePot, TemplateState
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.draft_new_version import draft_new_version
from jackpots.operations.request_publication import request_publication
from jackpots.queries.templates import template, templates
from jackpots.rules.terms import PotTerms

PPM: Final[dict[str, Any]] = {"min_value": 0, "max_value": 1_000_000}


class TemplatePotFields(serializers.Serializer[TemplatePot]):
    """A pot as its template describes it; shares in parts per million."""

    id = serializers.CharField(source="code", max_length=40)
    kind = serializers.ChoiceField(choices=PotKind.choices)
    is_progressive = serializers.BooleanField(default=True)
    share_ppm = serializers.IntegerField(**PPM)
    seed_share_ppm = serializers.IntegerField(**PPM, default=0)
    initial_seed = MoneyField(source="initial_seed_micros", default=int)
    min_reseed = MoneyField(source="min_reseed_micros", default=int)
    value_from = MoneyField(source="value_from_micros", allow_null=True, default=None)
    value_to = MoneyField(source="value_to_micros", allow_null=True, default=None)
    max_magic_number = serializers.IntegerField(allow_null=True, default=None, min_value=1, max_value=2**62)
    cost_per_attempt = MoneyField(source="cost_per_attempt_micros", allow_null=True, default=None)


class TemplatePotBody(TemplatePotFields, StrictSerializer):
    """A pot of a draft."""


class TemplateOut(serializers.Serializer[Template]):
    """A version of a template."""

    id = serializers.UUIDField()
    owner_id = serializers.SerializerMethodField()
    lineage_id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.CharField()
    currency = serializers.CharField()
    contribution = MoneyField(source="contribution_micros")
    operator_contribution_ppm = serializers.IntegerField()
    household_ppm = serializers.IntegerField()
    opt_in_required = serializers.BooleanField()
    minimum_base_wager = MoneyField(source="minimum_base_wager_micros", allow_null=True)
    maximum_base_wager = MoneyField(source="maximum_base_wager_micros", allow_null=True)
    win_selector_strategy = serializers.CharField()
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    pots = TemplatePotFields(many=True)

    def get_owner_id(self, row: Template) -> str:
        """The pair, or the operator alone."""
        return row.brand_id or row.operator_id


class TemplateBody(StrictSerializer):
    """What a draft says."""

    owner_id = serializers.CharField(max_length=129, required=False)
    name = serializers.CharField(max_length=200)
    currency = serializers.CharField(min_length=3, max_length=3)
    contribution = MoneyField(source="contribution_micros")
    operator_contribution_ppm = serializers.IntegerField(**PPM, default=1_000_000)
    household_ppm = serializers.IntegerField(**PPM, default=0)
    opt_in_required = serializers.BooleanField(default=True)
    minimum_base_wager = MoneyField(source="minimum_base_wager_micros", allow_null=True, default=None)
    maximum_base_wager = MoneyField(source="maximum_base_wager_micros", allow_null=True, default=None)
    pots = serializers.ListField(child=TemplatePotBody(), allow_empty=False, max_length=20)


class TemplateFilters(ResourceFilters):
    """What a list of templates can be narrowed by."""

    state = filters.ChoiceFilter(choices=TemplateState.choices)
    lineage_id = filters.UUIDFilter()
    currency = filters.CharFilter()
    name = filters.CharFilter(lookup_expr="icontains")


class TemplateResource(ReadResource):
    """Rulesets: see, draft, change a draft, ask to publish, draft the next version."""

    rights = {"GET": "templates.view", "POST": "templates.change", "PUT": "templates.change"}
    queryset = Template.objects.none()
    serializer_class = TemplateOut
    filterset_class = TemplateFilters
    ordering = ("-created_at", "-id")

    def rows(self) -> QuerySet[Template]:
        """The templates in scope."""
        return templates(self.scope)

    @extend_schema(request=TemplateBody, responses={201: TemplateOut})
    def create(self, request: Request) -> Response:
        """Write the first draft of a template."""
        draft = self._draft()
        made = create_template(draft, scope=self.scope, created_by=self.person, actor=self.actor, now=self.now)
        return Response(TemplateOut(template(self.scope, made.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=TemplateBody, responses=TemplateOut)
    def update(self, request: Request, pk: str) -> Response:
        """Put other values into a draft; its owner stays."""
        change_template(UUID(pk), self._draft(), scope=self.scope, actor=self.actor, now=self.now)
        return Response(TemplateOut(template(self.scope, pk)).data)

    @extend_schema(request=None, responses={201: TemplateOut})
    @action(detail=True, methods=["post"])
    def versions(self, request: Request, pk: str) -> Response:
        """Begin the next version as a draft with the same values."""
        made = draft_new_version(UUID(pk), scope=self.scope, created_by=self.person, actor=self.actor, now=self.now)
        return Response(TemplateOut(template(self.scope, made.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-publication")
    def request_publication(self, request: Request, pk: str) -> Response:
        """Ask a second person to publish the draft."""
        reason = self.body(ReasonBody)["reason"]
        approval = request_publication(
            UUID(pk), reason=reason, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return Response(ApprovalOut(approval).data, status.HTTP_202_ACCEPTED)

    def _draft(self) -> TemplateDraft:
        sent = self.body(TemplateBody)
        operator_id, brand_id = self.operator_id_of(sent.pop("owner_id", None))
        pots = tuple(PotTerms(position=position, **pot) for position, pot in enumerate(sent.pop("pots")))
        return TemplateDraft(operator_id=operator_id, brand_id=brand_id, pots=pots, **sent)
