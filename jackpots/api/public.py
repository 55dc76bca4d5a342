"""Reads that need no token: what a page in a player's browser asks before anybody is logged in."""

from typing import Final

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.api.gateway import GatewayView, address_of, required_parameter
from backoffice.api.limits import consume
from backoffice.api.schema import array_of, ref
from jackpots.queries.gateway import public_scope, source_bodies
from jackpots.queries.sources import sources_of_owner

READS_PER_MINUTE: Final = 120


class PublicSources(GatewayView):
    """The gateway's list of sources, for front ends (SRC-11)."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="public_sources_of_owner",
        tags=["public"],
        auth=[],
        responses={200: array_of("GatewaySource"), 429: ref("Error")},
        parameters=[OpenApiParameter("owner_id", str, required=True, description="The pair, or the operator.")],
    )
    def get(self, request: Request) -> Response:
        """What `GET /sources` answers, without a token; 429 for too many reads from an address."""
        consume(f"public:{address_of(request)}", limit=READS_PER_MINUTE, seconds=60)
        owner_id = required_parameter(request, "owner_id")
        answer = Response(source_bodies(sources_of_owner(public_scope(owner_id), owner_id)))
        # No cookie and no token takes part, so that a page of any origin may read it.
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer
