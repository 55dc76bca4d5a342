"""GET routes of the gateway: instances behind sources, winners, sources, currencies."""

from typing import Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backoffice.accounts.viewer import scope_of
from backoffice.api.gateway import GatewayView, account_of, limit_of, parameter, required_parameter
from backoffice.api.schema import array_of, ref
from backoffice.core import clock, json
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance
from jackpots.queries.currencies import currencies
from jackpots.queries.gateway import check_brand, check_owner, opt_in_of, source_bodies, values_of, wins_facts
from jackpots.queries.instances import instance, instance_for_source
from jackpots.queries.sources import sources_of_owner
from jackpots.queries.wins import latest_wins, pot_wins
from jackpots.wire.instance import instance_body
from jackpots.wire.win_event import win_event

WINNERS: Final = [
    OpenApiParameter("brand_id", str, description="Only winners of this brand."),
    OpenApiParameter("limit", int, description="How many, 10 unless told otherwise."),
]


class InstanceBySource(GatewayView):
    """The jackpot that a source stands for, for a brand and, if told, a player and a country (SRC-08, SRC-09)."""

    rights = {"GET": "instances.view"}

    @extend_schema(
        operation_id="jackpot_instance_for_source",
        tags=["gateway"],
        responses={200: ref("GatewayInstance")},
        parameters=[
            OpenApiParameter("player_id", str, description="Adds where this player stands."),
            OpenApiParameter("country_code", str, description="Takes part in the choice of the instance."),
        ],
    )
    def get(self, request: Request, source_id: str, brand_id: str) -> Response:
        """The instance, with the player's opt-in where `player_id` is given."""
        scope = scope_of(account_of(request))
        check_brand(scope, brand_id)
        now = clock.now()
        country = parameter(request, "country_code") or ""
        found = instance_for_source(scope, source_id=source_id, brand_id=brand_id, now=now, country=country)
        player_id = parameter(request, "player_id")
        opt_in = opt_in_of(found, brand_id=brand_id, player_id=player_id) if player_id else None
        owner_id = found.brand_id or found.operator_id
        return Response(instance_body(values_of(found, now), owner_id=owner_id, opt_in=opt_in))


class LatestWinners(GatewayView):
    """The latest winners over all pots of an instance, the newest first (WIN-19)."""

    rights = {"GET": "wins.view"}

    @extend_schema(
        operation_id="jackpot_latest_winners_for_instance",
        tags=["gateway"],
        responses={200: array_of("Winner")},
        parameters=WINNERS,
    )
    def get(self, request: Request, instance_id: str) -> Response:
        """A list of wins."""
        scope, found, brand_id = _asked_winners(request, instance_id)
        wins = latest_wins(found, limit=limit_of(request), brand_id=brand_id)
        return Response([win_event(facts) for facts in wins_facts(wins, found, scope)])


class PotWinners(GatewayView):
    """The latest winners of each pot of an instance, the newest first (WIN-18)."""

    rights = {"GET": "wins.view"}

    @extend_schema(
        operation_id="jackpot_latest_winners_for_instance_pot",
        tags=["gateway"],
        responses={200: {"type": "object", "additionalProperties": array_of("Winner")}},
        parameters=WINNERS,
    )
    def get(self, request: Request, instance_id: str) -> Response:
        """Pot id to list of wins; every pot has a key, and the limit holds for each."""
        scope, found, brand_id = _asked_winners(request, instance_id)
        by_pot = pot_wins(found, limit=limit_of(request), brand_id=brand_id)
        every = [win for wins in by_pot.values() for win in wins]
        events = iter([win_event(facts) for facts in wins_facts(every, found, scope)])
        return Response({code: [next(events) for _ in wins] for code, wins in by_pot.items()})


def _asked_winners(request: Request, instance_id: str) -> tuple[Scope, Instance, str | None]:
    scope = scope_of(account_of(request))
    found = instance(scope, uuid_of(instance_id))
    brand_id = parameter(request, "brand_id")
    if brand_id is not None:
        check_brand(scope, brand_id)
    return scope, found, brand_id


class Sources(GatewayView):
    """The sources of an operator, or those that one of its brands can use (SRC-10, I-12)."""

    rights = {"GET": "sources.view"}

    @extend_schema(
        operation_id="sources_of_owner",
        tags=["gateway"],
        responses={200: array_of("GatewaySource")},
        parameters=[OpenApiParameter("owner_id", str, required=True, description="The pair, or the operator.")],
    )
    def get(self, request: Request) -> Response:
        """A list of sources."""
        owner_id = required_parameter(request, "owner_id")
        scope = scope_of(account_of(request))
        check_owner(scope, owner_id)
        return Response(source_bodies(sources_of_owner(scope, owner_id)))


class Currencies(GatewayView):
    """The multipliers that contributions are converted by (CUR-01)."""

    rights = {"GET": "currencies.view"}

    @extend_schema(
        operation_id="currency_multipliers",
        tags=["gateway"],
        responses={200: ref("Currencies")},
        parameters=[OpenApiParameter("brand_id", str, description="The pair; the operator's own without.")],
    )
    def get(self, request: Request) -> Response:
        """Units of each currency for one of the base currency; a brand's own before its operator's."""
        account = account_of(request)
        brand_id = parameter(request, "brand_id")
        scope = scope_of(account)
        if brand_id is not None:
            check_brand(scope, brand_id)
        found = currencies(scope, operator_id=account.operator_id, brand_id=brand_id)
        return Response(
            {
                "last_updated": clock.epoch_ms(found.last_updated) if found.last_updated else None,
                "base_currency": found.base_currency,
                "multipliers": {code: json.json_decimal(value) for code, value in found.multipliers.items()},
            }
        )


def uuid_of(text: str) -> UUID:
    """The id in an address; Refusal(NOT_FOUND) for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("NOT_FOUND", "There is no such instance.") from None
