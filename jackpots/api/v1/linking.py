"""The acts of /api/v1/instances that link one to another."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.fields import StrictSerializer
from jackpots.operations.link_instance import link_instance
from jackpots.operations.unlink_instance import unlink_instance


class LinkBody(StrictSerializer):
    """The instance that is fed, or no longer fed."""

    linked_id = serializers.UUIDField()


class LinkOut(serializers.Serializer[Any]):
    """A link: contributions to `instance_id` also feed `linked_id`."""

    instance_id = serializers.UUIDField()
    linked_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()


class LinkActions:
    """Mixed into the instances' resource."""

    @extend_schema(request=LinkBody, responses=LinkOut)
    @action(detail=True, methods=["post"])
    def link(self: Any, request: Request, pk: str) -> Response:
        """Let contributions to the instance feed another one too, by that one's rules; nothing further follows."""
        linked_id = self.body(LinkBody)["linked_id"]
        link = link_instance(UUID(pk), linked_id, scope=self.scope, actor=self.actor, now=self.now)
        return Response(LinkOut(link).data)

    @extend_schema(request=LinkBody, responses={204: None})
    @action(detail=True, methods=["post"])
    def unlink(self: Any, request: Request, pk: str) -> Response:
        """Let contributions to the instance feed another one no more; what was contributed stays."""
        linked_id = self.body(LinkBody)["linked_id"]
        unlink_instance(UUID(pk), linked_id, scope=self.scope, actor=self.actor, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)
