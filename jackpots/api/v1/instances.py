"""/api/v1/instances and /api/v1/pots."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.approvals import ApprovalOut, asked
from backoffice.api.fields import MoneyField, ReasonBody
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from backoffice.approvals.models import Approval
from backoffice.core import clock
from jackpots.api.v1.linking import LinkActions
from jackpots.api.v1.schedules import ScheduleActions, ScheduleBody
from jackpots.api.v1.sweeping import SweepActions
from jackpots.api.v1.switching import SwitchActions
from jackpots.models import Instance, InstanceState, Pot
from jackpots.operations.open_instance import NewInstance, open_instance
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_boost_refund import request_boost_refund
from jackpots.operations.request_termination import request_termination
from jackpots.operations.resume_instance import resume_instance
from jackpots.queries.instances import instance, instances
from jackpots.queries.pots import pots
from jackpots.rules.states import effective_state


class InstancePotOut(serializers.Serializer[Pot]):
    """A pot inside its instance."""

    id = serializers.CharField(source="code")
    current_value = MoneyField(source="value_micros")
    seed_reserve = MoneyField(source="seed_micros")
    seed_boost = MoneyField(source="boost_micros")
    cycle = serializers.IntegerField()
    drop_count = serializers.IntegerField()
    changed_at = serializers.DateTimeField()


class InstanceOut(serializers.Serializer[Instance]):
    """An instance as it stands."""

    id = serializers.UUIDField()
    owner_id = serializers.SerializerMethodField()
    name = serializers.CharField()
    jackpot_type = serializers.CharField()
    state = serializers.SerializerMethodField()
    state_reason = serializers.CharField()
    currency = serializers.CharField()
    template_id = serializers.UUIDField()
    template_version = serializers.IntegerField(source="template.version")
    opt_in_required = serializers.BooleanField(source="template.opt_in_required")
    allowed_brands = serializers.SerializerMethodField()
    allowed_sources = serializers.ListField(child=serializers.CharField())
    allowed_countries = serializers.ListField(child=serializers.CharField())
    blocked_countries = serializers.ListField(child=serializers.CharField())
    games = serializers.ListField(child=serializers.CharField())
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    recurrence_rules = serializers.ListField(child=serializers.DictField())
    time_zone = serializers.CharField(help_text="Of the people who read the schedule; its hours are UTC.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    pots = InstancePotOut(many=True)

    def get_owner_id(self, row: Instance) -> str:
        """The pair, or the operator alone."""
        return row.brand_id or row.operator_id

    def get_state(self, row: Instance) -> str:
        """The state that holds now."""
        return effective_state(row.state, row.starts_at, row.ends_at, clock.now()).value

    def get_allowed_brands(self, row: Instance) -> list[str]:
        """The brands that were named; none is all of the owner's."""
        return [link.brand_id for link in row.allowed_brands.all()]


class InstanceBody(ScheduleBody):
    """What opens an instance of a published template."""

    template_id = serializers.UUIDField()
    owner_id = serializers.CharField(max_length=129, required=False)
    name = serializers.CharField(max_length=200)
    allowed_brands = serializers.ListField(child=serializers.CharField(max_length=129), default=list, max_length=500)
    allowed_sources = serializers.ListField(child=serializers.CharField(max_length=100), default=list, max_length=500)
    allowed_countries = serializers.ListField(child=serializers.CharField(max_length=3), default=list, max_length=250)
    blocked_countries = serializers.ListField(child=serializers.CharField(max_length=3), default=list, max_length=250)
    games = serializers.ListField(child=serializers.CharField(max_length=100), default=list, max_length=500)


class InstanceFilters(ResourceFilters):
    """What a list of instances can be narrowed by."""

    state = filters.ChoiceFilter(choices=InstanceState.choices)
    currency = filters.CharFilter()
    template_id = filters.UUIDFilter()
    brand_id = filters.CharFilter(field_name="brand_id")
    name = filters.CharFilter(lookup_expr="icontains")
    created_after = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")


class InstanceResource(LinkActions, SwitchActions, SweepActions, ScheduleActions, ReadResource):
    """Jackpot instances: see, open, pause, resume, ask to terminate."""

    rights = {"GET": "instances.view", "POST": "instances.change"}
    queryset = Instance.objects.none()
    serializer_class = InstanceOut
    filterset_class = InstanceFilters
    ordering = ("-created_at", "-id")

    def rows(self) -> QuerySet[Instance]:
        """The instances in scope."""
        return instances(self.scope)

    @extend_schema(request=InstanceBody, responses={201: InstanceOut})
    def create(self, request: Request) -> Response:
        """Open an instance of a published template."""
        sent = self.body(InstanceBody)
        operator_id, brand_id = self.operator_id_of(sent.pop("owner_id", None))
        lists = {name: tuple(value) for name, value in sent.items() if isinstance(value, list)}
        new = NewInstance(
            template_id=sent["template_id"],
            operator_id=operator_id,
            brand_id=brand_id,
            name=sent["name"],
            starts_at=sent["starts_at"],
            ends_at=sent["ends_at"],
            recurrence_rules=sent["recurrence_rules"],
            time_zone=sent["time_zone"],
            allowed_brand_ids=lists.pop("allowed_brands"),
            **lists,
        )
        made = open_instance(new, scope=self.scope, created_by=self.person, actor=self.actor, now=self.now)
        return Response(InstanceOut(instance(self.scope, made.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=ReasonBody, responses=InstanceOut)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Active → Paused: contributions are refused from the next one on."""
        reason = self.body(ReasonBody)["reason"]
        pause_instance(UUID(pk), reason=reason, scope=self.scope, actor=self.actor, now=self.now)
        return Response(InstanceOut(instance(self.scope, pk)).data)

    @extend_schema(request=ReasonBody, responses=InstanceOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Paused → Active."""
        reason = self.body(ReasonBody)["reason"]
        resume_instance(UUID(pk), reason=reason, scope=self.scope, actor=self.actor, now=self.now)
        return Response(InstanceOut(instance(self.scope, pk)).data)

    @extend_schema(request=ReasonBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-termination")
    def request_termination(self, request: Request, pk: str) -> Response:
        """Ask a second person to terminate the instance for good."""
        reason = self.body(ReasonBody)["reason"]
        approval = request_termination(
            UUID(pk), reason=reason, requested_by=self.person, scope=self.scope, actor=self.actor, now=self.now
        )
        return asked(self, approval)


class PotOut(InstancePotOut):
    """A pot with the instance it belongs to."""

    key = serializers.UUIDField(source="pk")
    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField(source="instance.name")
    currency = serializers.CharField(source="instance.currency")


class BoostBody(ReasonBody):
    """How much, in units of the jackpot's currency, and why."""

    amount = MoneyField()


class PotFilters(ResourceFilters):
    """What a list of pots can be narrowed by."""

    instance_id = filters.UUIDFilter()
    id = filters.CharFilter(field_name="code")
    state = filters.ChoiceFilter(field_name="instance__state", choices=InstanceState.choices)


class PotResource(ReadResource):
    """The pots of instances, with what they hold now; ask to boost the next start of one."""

    rights = {"GET": "instances.view", "POST": "instances.change"}
    queryset = Pot.objects.none()
    serializer_class = PotOut
    filterset_class = PotFilters
    ordering = ("-changed_at", "-id")

    def rows(self) -> QuerySet[Pot]:
        """The pots in scope."""
        return pots(self.scope)

    @extend_schema(request=BoostBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-boost")
    def request_boost(self, request: Request, pk: str) -> Response:
        """Ask a second person to put money beside the pot for its next start."""
        return self._asked(request_boost, pk)

    @extend_schema(request=BoostBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-boost-refund")
    def request_boost_refund(self, request: Request, pk: str) -> Response:
        """Ask a second person to give unspent boost back to the house's funding."""
        return self._asked(request_boost_refund, pk)

    def _asked(self, ask: Callable[..., Approval], pk: str) -> Response:
        sent = self.body(BoostBody)
        approval = ask(
            UUID(pk),
            amount_micros=sent["amount"],
            reason=sent["reason"],
            requested_by=self.person,
            scope=self.scope,
            actor=self.actor,
            now=self.now,
        )
        return asked(self, approval)
