"""Raffles for tests: a template, an instance with a schedule, bets that earn tickets, and rounds run to their end."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from backoffice.core.errors import Refusal
from jackpots.models import Instance, RaffleRound, RoundState
from jackpots.operations.contribute import contribute
from jackpots.operations.create_template import TemplateDraft
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.terms import PotTerms, PrizeTerms
from tests.cast import EUR, House, quiet_draft

HOUR = timedelta(hours=1)


def raffle_pot(**terms: Any) -> PotTerms:
    """A pot of EUR 100 that has 70 % of each contribution."""
    values: dict[str, Any] = {
        "code": "raffle", "position": 0, "share_ppm": 700_000, "seed_share_ppm": 0, "min_reseed_micros": 100 * EUR,
        "initial_seed_micros": 100 * EUR, "is_progressive": True, "kind": "raffle",
    }  # fmt: skip
    return PotTerms(**(values | terms))


def raffle_draft(operator_id: str = "thrilltech", **values: Any) -> TemplateDraft:
    """Operator-funded; a ticket for each EUR 2 of bets; rounds of an hour; one prize, which is all of the pot."""
    draft: dict[str, Any] = {
        "jackpot_type": "Raffle", "name": "Raffle", "pots": (raffle_pot(),), "ticket_price_micros": 2 * EUR,
        "ticket_metric": "base_wager", "duration_count": 1, "duration_unit": "hours",
        "prizes": (PrizeTerms(rank=1, kind="share", share_ppm=1_000_000),),
    }  # fmt: skip
    return quiet_draft(operator_id, **(draft | values))


def open_raffle(house: House, draft: TemplateDraft | None = None, **values: Any) -> Instance:
    """A raffle that starts now and goes on for ever, unless told otherwise."""
    return house.open(draft or raffle_draft(house.operator.pk), **({"starts_at": house.now} | values))


def bet(house: House, instance: Instance, player_id: str, euros: int, now: datetime, **values: Any) -> int:
    """Bet so much; the tickets it earned."""
    request = house.request(instance, player_id, **({"base_wager_micros": euros * EUR} | values))
    (answer,) = contribute([request], now=now)
    assert isinstance(answer, ContributionResult), answer
    assert answer.tickets_awarded is not None
    return answer.tickets_awarded


def refused(house: House, instance: Instance, now: datetime) -> str:
    """What a bet is told that is not taken."""
    (answer,) = contribute([house.request(instance)], now=now)
    assert isinstance(answer, Refusal), answer
    return str(answer)


def resolved(instance: Instance, now: datetime, number: int = 1) -> RaffleRound:
    """The round, after everything that is due by then."""
    resolve_raffles(now=now)
    row = instance.rounds.get(number=number)
    assert row.state == RoundState.COMPLETE, row.state
    return row


FILL = """
INSERT INTO jackpots_ticketrange (operator_id, round_id, first_number, count, brand_id, player_id, currency,
    contribution_id, awarded_at)
SELECT %(operator)s, %(round)s, n, 1, %(brand)s, 'p' || n %% %(players)s, 'EUR', gen_random_uuid(), %(at)s
FROM generate_series(1, %(tickets)s) n;
INSERT INTO jackpots_ticketentry (operator_id, round_id, brand_id, player_id, player_country, currency, metric_micros,
    carry_micros, ticket_count, changed_at)
SELECT %(operator)s, %(round)s, %(brand)s, player_id, 'MT', 'EUR', count(*) * %(price)s, 0, count(*), %(at)s
FROM jackpots_ticketrange WHERE operator_id = %(operator)s AND round_id = %(round)s GROUP BY player_id;
UPDATE jackpots_raffleround SET ticket_count = %(tickets)s WHERE id = %(round)s;
ANALYZE jackpots_ticketrange
"""


def fill(row: RaffleRound, *, tickets: int, players: int) -> None:
    """So many tickets of one each, as if they had been earned by bets that are long forgotten."""
    RaffleRound.objects.filter(pk=row.pk).update(state=RoundState.ACTIVE, opened_at=row.starts_at)
    brand_id = f"{row.operator_id}:brand1"
    price = row.instance.template.ticket_price_micros
    parameters: dict[str, Any] = {
        "operator": row.operator_id, "round": row.pk, "brand": brand_id, "players": players, "tickets": tickets,
        "price": price, "at": row.starts_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in FILL.split(";"):
            cursor.execute(statement, parameters)
