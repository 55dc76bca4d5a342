"""kill -9 of a resolver in every phase of a round: whoever comes next goes on, and nothing is done twice."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from backoffice.events.models import OutboxEvent
from jackpots.models import Credit, RoundState
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.queries.round_check import verify_rounds
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants
from tests.raffles import bet, open_raffle, raffle_draft

PHASES = (RoundState.CLOSING, RoundState.FROZEN, RoundState.DRAWN, RoundState.PAYING, RoundState.COMPLETE)


def killed(state: str, when: str, now: datetime) -> None:
    """A resolver that ended so."""
    database = connection.settings_dict
    url = settings.DATABASE_URL.rsplit("/", 1)[0] + f"/{database['NAME']}"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "backoffice.settings"}
    command = [sys.executable, "-m", "tests.faults.raffle_resolver", state, when, now.isoformat()]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=environment, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2_000:]


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("RAF-13", "B-16", "B-17")
def test_a_resolver_that_is_killed_in_any_phase_is_followed_by_the_next(cast: Cast) -> None:
    prizes = (
        PrizeTerms(rank=1, kind="share", share_ppm=500_000),
        PrizeTerms(rank=2, kind="amount", amount_micros=EUR, count=2),
    )
    instance = open_raffle(cast.house, raffle_draft(prizes=prizes))
    for number, state in enumerate(PHASES, 1):
        row = instance.rounds.get(number=number)
        for player in ("ann", "bob", "cid", "dan"):
            bet(cast.house, instance, player, 7, row.starts_at)
        seen = []
        for when in ("inside", "after"):
            killed(state, when, row.ends_at)
            row.refresh_from_db()
            seen.append(row.state)
            assert_invariants()
        # What was not committed did not happen, what was did.
        assert RoundState(seen[0]) != state
        assert RoundState(seen[1]) == state
        resolve_raffles(now=row.ends_at)
        row.refresh_from_db()
        assert row.state == RoundState.COMPLETE
        assert Credit.objects.filter(group_id=row.pk).count() == 3
        assert OutboxEvent.objects.filter(kind="RaffleWinEvent", object_id=str(row.pk)).count() == 1
    assert instance.rounds.count() == len(PHASES) + 1
    assert verify_rounds(cast.house.scope).faults == []
    assert_invariants()
