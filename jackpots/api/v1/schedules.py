"""The schedule of an instance: its windows, and whether a contribution at a moment would be accepted."""

from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import StrictSerializer
from backoffice.api.v1 import Resource
from backoffice.core.errors import Refusal
from backoffice.core.zones import time_zones
from jackpots.models import Instance
from jackpots.queries.instances import instance, schedule_of
from jackpots.queries.schedules import Question, raffle_rounds, what_if
from jackpots.rules.recurrence import Rule
from jackpots.rules.schedule import EARLIEST, LATEST, Schedule, can_be_meant
from jackpots.wire.schedule import decode_rules, decode_schedule, encode_schedule

USUAL: Final = timedelta(days=31)
LONGEST: Final = timedelta(days=366)
MOST: Final = 5_000
RULES_SHAPE: Final = {
    "type": "array",
    "items": {"type": "object"},
    "description": "Rules as in a schedule: `frequency.Daily.hours` or `frequency.Weekly.days`, with an `interval`.",
}
SCHEDULE_SHAPE: Final = {
    "type": "object",
    "description": "A schedule as the interface of partners writes it; times are milliseconds since 1970.",
    "properties": {
        "timestamp_start": {"type": "integer"},
        "timestamp_end": {"type": "integer"},
        "recurrence_rules": RULES_SHAPE,
    },
}


@extend_schema_field(RULES_SHAPE)
class RulesField(serializers.Field[tuple[Rule, ...], Any, Any, Any]):
    """Recurrence rules; what is wrong is named by its path."""

    def to_internal_value(self, data: Any) -> tuple[Rule, ...]:
        """The rules."""
        return decode_rules(data, self.field_name or "recurrence_rules")

    def to_representation(self, value: Any) -> Any:
        """As the row keeps them."""
        return value


@extend_schema_field(SCHEDULE_SHAPE)
class ScheduleField(serializers.Field[Schedule, Any, Any, Any]):
    """A whole schedule; what is wrong is named by its path."""

    def to_internal_value(self, data: Any) -> Schedule:
        """The schedule."""
        return decode_schedule(data, self.field_name or "")

    def to_representation(self, value: Schedule) -> Any:
        """As partners write it."""
        return encode_schedule(value)


class ScheduleBody(StrictSerializer):
    """The part of a body that says when contributions are taken: either in its fields, or as one `schedule`."""

    starts_at = serializers.DateTimeField(allow_null=True, default=None)
    ends_at = serializers.DateTimeField(allow_null=True, default=None)
    recurrence_rules = RulesField(default=())
    schedule = ScheduleField(required=False)
    time_zone = serializers.CharField(max_length=64, default="UTC")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The one schedule, in its fields."""
        if attrs["time_zone"] not in time_zones():
            raise serializers.ValidationError({"time_zone": ["There is no such time zone."]})
        whole = attrs.pop("schedule", None)
        if whole is None:
            return attrs
        if attrs["starts_at"] or attrs["ends_at"] or attrs["recurrence_rules"]:
            raise serializers.ValidationError({"schedule": ["Send either this or its parts."]})
        parts = {"starts_at": whole.starts_at, "ends_at": whole.ends_at, "recurrence_rules": whole.rules}
        return attrs | parts


class MomentField(serializers.DateTimeField):
    """A moment that schedules are asked about."""

    def to_internal_value(self, value: Any) -> datetime:
        """The moment; 400 outside the centuries that can be meant."""
        moment = super().to_internal_value(value)
        if not can_be_meant(moment):
            raise serializers.ValidationError(f"The year is from {EARLIEST.year} to {LATEST.year - 1}.")
        return moment


class SpanQuery(StrictSerializer):
    """From when to when."""

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of the language."""
        return {name: MomentField(required=False) for name in ("from", "to")}


class WhatIfQuery(StrictSerializer):
    """A contribution that might be made."""

    at = MomentField(required=False)
    brand_id = serializers.CharField(max_length=129, default="")
    country = serializers.CharField(max_length=3, default="")
    source_id = serializers.CharField(max_length=100, default="")


def _span(fields: tuple[str, str] = ("from", "to")) -> Any:
    """A serializer of two moments; its names cannot be written as attributes."""
    return {name: serializers.DateTimeField() for name in fields}


WindowOut = type("WindowOut", (serializers.Serializer,), {"__doc__": "A window, half-open.", **_span()})
RoundOut = type(
    "RoundOut",
    (serializers.Serializer,),
    {"__doc__": "A round of a raffle, half-open.", "number": serializers.IntegerField(), **_span()},
)


class ScheduleOut(serializers.Serializer[Any]):
    """A schedule with its windows in a time."""

    time_zone = serializers.CharField()
    schedule = ScheduleField()
    is_open = serializers.BooleanField(help_text="By the schedule alone, now.")
    next_open = serializers.DateTimeField(allow_null=True, help_text="Now, if it is open.")
    next_change = serializers.DateTimeField(allow_null=True)
    windows = WindowOut(many=True)
    rounds = RoundOut(many=True)


class RulingOut(serializers.Serializer[Any]):
    """What the schedule says by itself."""

    is_open = serializers.BooleanField()
    rule = serializers.CharField(help_text="The path in the schedule of what decides; empty without rules.")
    text = serializers.CharField()


class VerdictOut(serializers.Serializer[Any]):
    """Whether a contribution would be accepted, and why."""

    at = serializers.DateTimeField()
    accepted = serializers.BooleanField(source="is_accepted")
    code = serializers.CharField(source="refusal.code", allow_null=True, default=None)
    message = serializers.CharField(source="refusal.message", allow_null=True, default=None)
    state = serializers.CharField()
    schedule = RulingOut(source="ruling")
    next_open = serializers.DateTimeField(allow_null=True)
    instance_id = serializers.UUIDField(
        source="taker.pk", allow_null=True, default=None, help_text="The jackpot that would take it."
    )


MOMENT: Final = OpenApiTypes.DATETIME


class ScheduleActions(Resource):
    """What an instance answers about its schedule."""

    def rows(self) -> QuerySet[Any]:
        """The resource's own."""
        raise NotImplementedError

    def asked(self, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
        """The parameters of the address; 400 for one that does not exist."""
        serializer = serializer_class(data=dict(self.request.query_params.items()))
        serializer.is_valid(raise_exception=True)
        asked: dict[str, Any] = serializer.validated_data
        return asked

    @extend_schema(
        parameters=[
            OpenApiParameter("from", MOMENT, description="Now, if it is left out."),
            OpenApiParameter("to", MOMENT, description="31 days later, if it is left out; at most 366."),
        ],
        responses=ScheduleOut,
        filters=False,
    )
    @action(detail=True, methods=["get"], url_path="schedule", url_name="schedule", pagination_class=None)
    def schedule(self, request: Request, pk: str) -> Response:
        """The schedule, and its windows (and a raffle's rounds) between two moments."""
        row = instance(self.scope, pk)
        since, until = _asked_span(self.asked(SpanQuery), self.now)
        schedule = schedule_of(row)
        shown = {
            "time_zone": row.time_zone,
            "schedule": schedule,
            "is_open": schedule.is_open(self.now),
            "next_open": schedule.next_open(self.now),
            "next_change": schedule.next_change(self.now),
            "windows": _few({"from": a, "to": b} for a, b in schedule.windows(since, until)),
            "rounds": _few({"number": n, "from": a, "to": b} for n, a, b in raffle_rounds(row, since, until)),
        }
        return Response(ScheduleOut(shown).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("at", MOMENT, description="Now, if it is left out."),
            OpenApiParameter("brand_id", description="Without it only the state and the hours are asked about."),
            OpenApiParameter("country"),
            OpenApiParameter("source_id", description="Without it the jackpot itself is named."),
        ],
        responses=VerdictOut,
        filters=False,
    )
    @action(
        detail=True, methods=["get"], url_path="schedule/what-if", url_name="schedule-what-if", pagination_class=None
    )
    def schedule_what_if(self, request: Request, pk: str) -> Response:
        """Whether a contribution at a moment would be accepted, and why; by the rules that judge real ones."""
        row: Instance = instance(self.scope, pk)
        asked = self.asked(WhatIfQuery)
        question = Question(**{"at": self.now, **asked})
        return Response(VerdictOut(what_if(self.scope, row, question)).data)


def _asked_span(asked: dict[str, Any], now: datetime) -> tuple[datetime, datetime]:
    since = asked.get("from", now)
    until = asked.get("to", since + USUAL)
    if not since < until <= since + LONGEST:
        raise Refusal("INVALID_REQUEST", "The time ends after it begins, and within 366 days.", "to")
    return since, until


def _few(found: Any) -> list[Any]:
    few = list(islice(found, MOST + 1))
    if len(few) > MOST:
        raise Refusal("INVALID_REQUEST", f"There are more than {MOST:,} in this time; ask for a shorter one.", "to")
    return few
