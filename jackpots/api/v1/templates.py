"""/api/v1/templates."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.approvals import ApprovalOut, asked
from backoffice.api.fields import ReasonBody
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from jackpots.api.v1.simulation_fields import SimulationBody, SimulationOut
from jackpots.api.v1.template_fields import TemplateBody, TemplateOut, terms_sent
from jackpots.models import Template, TemplateState
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.draft_new_version import draft_new_version
from jackpots.operations.request_publication import request_publication
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.queries.simulations import reports
from jackpots.queries.templates import template, templates

LISTED: Final = 20


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
        return asked(self, approval)

    @extend_schema(request=SimulationBody, responses={202: SimulationOut})
    @action(detail=True, methods=["post"])
    def simulate(self, request: Request, pk: str) -> Response:
        """Have the template played; the same plan for the same terms is the report that there is already."""
        plan = SimulationPlan(**self.body(SimulationBody))
        report = request_simulation(UUID(pk), plan, scope=self.scope, actor=self.actor, now=self.now)
        return Response(SimulationOut(report).data, status.HTTP_202_ACCEPTED)

    @extend_schema(responses=SimulationOut(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def simulations(self, request: Request, pk: str) -> Response:
        """The newest simulations of the template, with their figures."""
        row = template(self.scope, pk)
        return Response([SimulationOut(report).data for report in reports(self.scope, row.pk)[:LISTED]])

    def _draft(self) -> TemplateDraft:
        sent = self.body(TemplateBody)
        operator_id, brand_id = self.operator_id_of(sent.pop("owner_id", None))
        return TemplateDraft(operator_id=operator_id, brand_id=brand_id, **terms_sent(sent))
