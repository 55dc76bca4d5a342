"""/api/v1/sources."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import StrictSerializer
from backoffice.api.filters import ResourceFilters
from backoffice.api.v1 import ReadResource
from jackpots.models import Source, SourceMapping
from jackpots.operations.create_source import create_source
from jackpots.operations.map_source import map_source
from jackpots.operations.unmap_source import unmap_source
from jackpots.queries.sources import source, sources


class MappingOut(serializers.Serializer[SourceMapping]):
    """An instance behind a source; the lowest priority comes first."""

    instance_id = serializers.UUIDField()
    instance_name = serializers.CharField(source="instance.name")
    priority = serializers.IntegerField()


class SourceOut(serializers.Serializer[Source]):
    """A source; `key` is its address here, `source_id` what contributions name."""

    key = serializers.IntegerField(source="pk")
    owner_id = serializers.SerializerMethodField()
    source_id = serializers.CharField()
    source_name = serializers.CharField(source="name")
    created_at = serializers.DateTimeField()
    jackpots = MappingOut(source="mappings", many=True)

    def get_owner_id(self, row: Source) -> str:
        """The pair, or the operator alone."""
        return row.brand_id or row.operator_id


class SourceBody(StrictSerializer):
    """A new source."""

    owner_id = serializers.CharField(max_length=129, required=False)
    source_id = serializers.CharField(max_length=100)
    source_name = serializers.CharField(max_length=200, allow_blank=True, default="")


class MappingBody(StrictSerializer):
    """Which instance, and before which others."""

    instance_id = serializers.UUIDField()
    priority = serializers.IntegerField(default=0, min_value=-(2**31), max_value=2**31 - 1)


class UnmappingBody(StrictSerializer):
    """Which instance."""

    instance_id = serializers.UUIDField()


class SourceFilters(ResourceFilters):
    """What a list of sources can be narrowed by."""

    source_id = filters.CharFilter()
    brand_id = filters.CharFilter(field_name="brand_id")
    instance_id = filters.UUIDFilter(field_name="mappings__instance_id", distinct=True)


class SourceResource(ReadResource):
    """What partners name instead of an instance."""

    rights = {"GET": "sources.view", "POST": "sources.change"}
    queryset = Source.objects.none()
    serializer_class = SourceOut
    filterset_class = SourceFilters
    ordering = ("-created_at", "-id")
    lookup_value_regex = "[0-9]{1,18}"

    def rows(self) -> QuerySet[Source]:
        """The sources in scope."""
        return sources(self.scope)

    @extend_schema(request=SourceBody, responses={201: SourceOut})
    def create(self, request: Request) -> Response:
        """Create a source; nothing stands behind it yet."""
        sent = self.body(SourceBody)
        operator_id, brand_id = self.operator_id_of(sent.get("owner_id"))
        made = create_source(
            sent["source_id"],
            operator_id=operator_id,
            brand_id=brand_id,
            name=sent["source_name"],
            scope=self.scope,
            actor=self.actor,
            now=self.now,
        )
        return Response(SourceOut(source(self.scope, made.pk)).data, status.HTTP_201_CREATED)

    @extend_schema(request=MappingBody, responses=SourceOut)
    @action(detail=True, methods=["post"])
    def map(self, request: Request, pk: str) -> Response:
        """Put an instance behind the source, or change its priority."""
        sent = self.body(MappingBody)
        map_source(
            int(pk), sent["instance_id"], priority=sent["priority"], scope=self.scope, actor=self.actor, now=self.now
        )
        return Response(SourceOut(source(self.scope, int(pk))).data)

    @extend_schema(request=UnmappingBody, responses=SourceOut)
    @action(detail=True, methods=["post"])
    def unmap(self, request: Request, pk: str) -> Response:
        """Take an instance from behind the source."""
        unmap_source(int(pk), self.body(UnmappingBody)["instance_id"], scope=self.scope, actor=self.actor, now=self.now)
        return Response(SourceOut(source(self.scope, int(pk))).data)
