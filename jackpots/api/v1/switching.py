"""The act of /api/v1/instances that asks for another model."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.approvals import ApprovalOut, asked
from backoffice.api.fields import ReasonBody
from jackpots.operations.request_switch import SwitchTo, request_switch
from jackpots.rules.terms import PPM


class SwitchBody(ReasonBody):
    """The template, and for each pot the shares in parts per million that the template's pots take over."""

    template_id = serializers.UUIDField()
    mapping = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=PPM)),
        help_text='{"mini": {"mini": 1000000}}; the shares of each pot sum to 1,000,000.',
    )


class SwitchActions:
    """Mixed into the instances' resource."""

    @extend_schema(request=SwitchBody, responses={202: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="request-switch")
    def request_switch(self: Any, request: Request, pk: str) -> Response:
        """Ask a second person to let the instance run by another published template."""
        sent = self.body(SwitchBody)
        approval = request_switch(
            UUID(pk),
            SwitchTo(sent["template_id"], sent["mapping"]),
            reason=sent["reason"],
            requested_by=self.person,
            scope=self.scope,
            actor=self.actor,
            now=self.now,
        )
        return asked(self, approval)
