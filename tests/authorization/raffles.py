"""Rows of raffles for machines: tickets, rounds, credits, and what is published of draws."""

from typing import Any

from jackpots.models import Credit
from tests.authorization.matrix import MACHINES, REQUESTERS, ROLES, VIEWERS, Ask, Row
from tests.cast import EUR, Cast
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, resolved

EVERYBODY = frozenset(ROLES)
ALL_VIEWERS = VIEWERS | MACHINES


def _credit(cast: Cast, *, withheld: bool = False, **body: Any) -> Ask:
    instance = open_raffle(cast.house, raffle_draft(withhold_above_micros=EUR if withheld else None))
    bet(cast.house, instance, "player_00001", 20, cast.now)
    row = resolved(instance, cast.now + HOUR)
    return Ask({"pk": Credit.objects.get(group_id=row.pk).pk}, body=body or None)


ROWS = [
    Row(
        route="gateway-raffle-tickets",
        method="GET",
        may=MACHINES,
        ask=lambda cast: Ask({"brand_id": cast.brand1.pk, "player_id": "player_00001"}),
        no=401,
        foreign=403,
    ),
    *(
        Row(
            route=route,
            method="GET",
            may=MACHINES,
            ask=lambda cast: Ask(
                {
                    "instance_id": str(open_raffle(cast.house).pk),
                    "player_id": "player_00001",
                    "brand_id": cast.brand1.pk,
                }
            ),
            no=401,
            foreign=403,
        )
        for route in ("gateway-raffle-tickets-in-instance", "gateway-raffle-tickets-in-instance-bare")
    ),
    *(Row(route=f"api-{noun}-list", method="GET", may=ALL_VIEWERS, foreign=None) for noun in ("round", "credit")),
    Row(
        route="api-round-detail",
        method="GET",
        may=ALL_VIEWERS,
        ask=lambda cast: Ask({"pk": open_raffle(cast.house).rounds.get().pk}),
    ),
    Row(route="api-credit-detail", method="GET", may=ALL_VIEWERS, ask=_credit),
    Row(
        route="api-credit-request-settlement",
        method="POST",
        may=REQUESTERS,
        ask=lambda cast: _credit(cast, reference="r", reason="Paid."),
        yes=202,
    ),
    *(
        Row(
            route=f"api-credit-{noun}",
            method="POST",
            may=REQUESTERS,
            ask=lambda cast: _credit(cast, withheld=True, reason="Because."),
            yes=202,
        )
        for noun in ("request-release", "request-cancellation")
    ),
    *(
        Row(route=route, method="GET", may=EVERYBODY, ask=ask, foreign=200, nobody=200, is_public=True)
        for route, ask in (
            (
                "public-draws-cycle",
                lambda cast: Ask(
                    {"instance_id": cast.instance.pk, "pot": cast.instance.pots.all()[0].code, "cycle": 1}
                ),
            ),
            ("public-draws-round", lambda cast: Ask({"instance_id": open_raffle(cast.house).pk, "number": 1})),
            ("public-draws-tickets", lambda cast: Ask({"instance_id": open_raffle(cast.house).pk, "number": 1})),
        )
    ),
]
