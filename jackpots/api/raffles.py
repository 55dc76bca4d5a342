"""GET routes of the gateway for raffles: a player's tickets (RAF-18…23)."""

from typing import Final

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.viewer import scope_of
from backoffice.api.gateway import GatewayView, account_of
from backoffice.api.schema import array_of, ref
from backoffice.core import clock
from jackpots.queries.gateway import check_brand
from jackpots.queries.tickets import tickets_in_raffle, tickets_in_raffles
from jackpots.wire.raffle_event import tickets_body

_TAGS: Final = ["gateway"]


class TicketsInRaffles(GatewayView):
    """A player's tickets in all raffles that run."""

    rights = {"GET": "instances.view"}

    @extend_schema(operation_id="raffle_tickets_of_player", tags=_TAGS, responses={200: array_of("RaffleTickets")})
    def get(self, request: Request, brand_id: str, player_id: str) -> Response:
        """An entry for each running raffle in which the player has a ticket; none is no error."""
        scope = scope_of(account_of(request))
        check_brand(scope, brand_id)
        found = tickets_in_raffles(scope, brand_id=brand_id, player_id=player_id, now=clock.now())
        return Response([tickets_body(one) for one in found])


class TicketsInRaffle(GatewayView):
    """A player's tickets in one raffle."""

    rights = {"GET": "instances.view"}

    @extend_schema(tags=_TAGS, responses={200: ref("RaffleTickets"), 404: ref("Error")})
    def get(self, request: Request, instance_id: str, player_id: str, brand_id: str) -> Response:
        """Those of the round that runs, else of the one to come, else of the last."""
        scope = scope_of(account_of(request))
        check_brand(scope, brand_id)
        found = tickets_in_raffle(scope, instance_id, brand_id=brand_id, player_id=player_id, now=clock.now())
        return Response(tickets_body(found))
