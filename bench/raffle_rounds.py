"""The rounds of raffle_draw: fetch the ranges of a closed round, then freeze, draw, credit, tell and complete it."""

import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from django.db import connection

from backoffice.core import clock
from backoffice.demo.definitions import UNIT, JackpotDefinition
from backoffice.demo.operations.load_jackpots import open_jackpot
from jackpots.operations.resolve_raffles import resolve_round
from jackpots.queries.rounds import due_rounds
from jackpots.rules.terms import PotTerms, PrizeTerms, TemplateTerms

ROUNDS = 3
TICKETS = 1_000_000
PLAYERS = 150_000
WINNERS = 10_000
TERMS = TemplateTerms(
    template_id="", jackpot_type="Raffle", currency="EUR", contribution_micros=100_000,
    operator_contribution_ppm=1_000_000, household_ppm=100_000, opt_in_required=False, ticket_price_micros=2 * UNIT,
    ticket_metric="base_wager", duration_count=1, duration_unit="hours",
    pots=(
        PotTerms(
            code="raffle", position=0, share_ppm=900_000, seed_share_ppm=0, min_reseed_micros=0, initial_seed_micros=0,
            is_progressive=True, kind="raffle",
        ),
    ),
    prizes=(PrizeTerms(rank=1, kind="share", share_ppm=100, count=WINNERS),),
)  # fmt: skip
FILL = (
    """
    UPDATE jackpots_raffleround SET state = 'active', opened_at = starts_at, ticket_count = %(tickets)s
    WHERE id = %(round)s
    """,
    """
    INSERT INTO jackpots_ticketrange (operator_id, round_id, first_number, count, brand_id, player_id, currency,
        contribution_id, awarded_at)
    SELECT r.operator_id, r.id, n, 1, r.operator_id || ':brand1', 'player_' || n %% %(players)s, 'EUR',
           gen_random_uuid(), r.starts_at
    FROM jackpots_raffleround r, generate_series(1, %(tickets)s) n WHERE r.id = %(round)s
    """,
    """
    INSERT INTO jackpots_ticketentry (operator_id, round_id, brand_id, player_id, player_country, currency,
        metric_micros, carry_micros, ticket_count, changed_at)
    SELECT operator_id, round_id, brand_id, player_id, 'MT', 'EUR', count(*) * 2000000, 0, count(*), min(awarded_at)
    FROM jackpots_ticketrange WHERE round_id = %(round)s GROUP BY 1, 2, 3, 4
    """,
    "ANALYZE jackpots_ticketrange",
)
FETCH = """
SELECT first_number, count, brand_id, player_id, currency, contribution_id FROM jackpots_ticketrange
WHERE operator_id = 'thrilltech' AND round_id = %s ORDER BY first_number
"""


def main() -> None:
    """Print the seconds of both as JSON."""
    now = clock.now()
    jackpot = JackpotDefinition("thrilltech", "Large raffle", "large-raffle", "A large raffle", TERMS, 0, ())
    instance_id = open_jackpot(jackpot, now=now, starts_at=now)
    seconds: dict[str, list[float]] = {"fetched": [], "drawn": []}
    for number in range(1, ROUNDS + 1):
        round_id = _fill(instance_id, number)
        ends_at = now + timedelta(hours=number)
        seconds["fetched"].append(_timed(partial(_fetch, round_id)))
        seconds["drawn"].append(_timed(partial(resolve_round, round_id, now=ends_at)))
        if round_id in due_rounds(ends_at):
            raise RuntimeError("the round was not completed in one go")
    print(json.dumps(seconds))


def _fill(instance_id: UUID, number: int) -> UUID:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM jackpots_raffleround WHERE instance_id = %s AND number = %s", [instance_id, number]
        )
        (round_id,) = cursor.fetchone()
        cursor.execute("SET statement_timeout = 0")
        for statement in FILL:
            cursor.execute(statement, {"round": round_id, "tickets": TICKETS, "players": PLAYERS})
        cursor.execute("SET statement_timeout = '60s'")
    return UUID(str(round_id))


def _fetch(round_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FETCH, [round_id])
        rows = cursor.fetchall()
    if len(rows) != TICKETS:
        raise RuntimeError(f"{len(rows)} ranges were fetched")


def _timed(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
