"""A large raffle is drawn and recorded in one go, and everything about it can still be proved."""

import os
import time
from pathlib import Path

import pytest

from backoffice.core import json
from backoffice.events.models import OutboxEvent
from jackpots.models import Credit
from jackpots.queries.exported_draws import export_draws
from jackpots.queries.round_check import check_round
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants
from tests.jackpots.queries.test_published_draws import verify
from tests.raffles import HOUR, fill, open_raffle, raffle_draft, resolved

LONG = os.environ.get("POTLUCK_LONG") == "1"
TICKETS, PLAYERS, PRIZES = (1_000_000, 150_000, 10_000) if LONG else (50_000, 8_000, 500)


@pytest.mark.django_db
@pytest.mark.req("RAF-13", "B-17", "G-15")
def test_a_million_tickets_and_ten_thousand_winners_in_one_go(cast: Cast, tmp_path: Path) -> None:
    prizes = (
        PrizeTerms(rank=1, kind="share", share_ppm=1_000_000),
        PrizeTerms(rank=2, kind="amount", amount_micros=EUR, count=PRIZES - 1),
    )
    instance = open_raffle(cast.house, raffle_draft(prizes=prizes))
    fill(instance.rounds.get(), tickets=TICKETS, players=PLAYERS)
    before = time.perf_counter()
    row = resolved(instance, cast.now + HOUR)
    taken = time.perf_counter() - before
    assert taken < 60
    assert (row.ticket_count, row.outcome["winners"]) == (TICKETS, PRIZES)
    owed = Credit.objects.filter(group_id=row.pk)
    assert owed.values("brand_id", "player_id").distinct().count() == owed.count() == PRIZES
    assert row.outcome["funding_micros"] == (PRIZES - 1) * EUR
    event = json.decode(bytes(OutboxEvent.objects.get(kind="RaffleWinEvent").payload))
    assert len(event["winners"]) == PRIZES
    assert check_round(row) == ([], PRIZES)
    list(export_draws(cast.house.scope, tmp_path))
    code, said = verify(tmp_path / f"{instance.pk}-1.json")
    assert code == 0, said
    assert_invariants()
