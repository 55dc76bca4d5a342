"""The act of /api/v1/instances that asks for a transfer of what is left."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.approvals import ApprovalOut, asked
from backoffice.api.fields import ReasonBody
from jackpots.operations.request_sweep import Destination, request_sweep


class SweepBody(ReasonBody):
    """The pot whose seed reserve takes it over, by its key; null is the house's funding."""

    pot = serializers.UUIDField(allow_null=True, default=None)


class SweepActions:
    """Mixed into the instances' resource."""

    @extend_schema(request=SweepBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-sweep")
    def request_sweep(self: Any, request: Request, pk: str) -> Response:
        """Ask a second person to transfer what an instance that is over still holds."""
        sent = self.body(SweepBody)
        approval = request_sweep(
            UUID(pk),
            Destination(sent["pot"]),
            reason=sent["reason"],
            requested_by=self.person,
            scope=self.scope,
            actor=self.actor,
            now=self.now,
        )
        return asked(self, approval)
