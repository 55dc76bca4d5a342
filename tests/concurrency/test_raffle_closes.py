"""Raffles that close under load while four resolvers race: no late ticket, one draw each, each prize owed once."""

import os
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from backoffice.core import clock
from jackpots.models import Credit, Instance, RaffleRound, RoundState
from jackpots.operations.contribute import contribute
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.queries.round_check import verify_rounds
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast, build_cast
from tests.invariants import assert_invariants
from tests.raffles import open_raffle, raffle_draft

LONG = os.environ.get("POTLUCK_LONG") == "1"
RAFFLES, CLOSES = (8, 200) if LONG else (4, 8)
PLAYERS, RESOLVERS = 3, 4
PRIZES = (
    PrizeTerms(rank=1, kind="share", share_ppm=500_000),
    PrizeTerms(rank=2, kind="amount", amount_micros=EUR, count=3),
)


@pytest.fixture
def live(transactional_db: None) -> Cast:
    """The cast at the present moment: rounds of a second come and go while it is looked at."""
    return build_cast(clock.now())


def until(over: Event, act: Callable[[], object]) -> int:
    """Act again and again; how often."""
    done = 0
    try:
        while not over.is_set():
            act()
            done += 1
    finally:
        connection.close()
    return done


@pytest.mark.req("RAF-13", "B-16", "B-17")
def test_no_ticket_after_the_freeze_one_draw_each_and_each_prize_owed_once(live: Cast) -> None:
    draft = raffle_draft(duration_unit="seconds", prizes=PRIZES, ticket_price_micros=EUR, prizes_per_player=None)
    template = live.house.publish(draft)
    starts_at = clock.now()
    raffles = [live.house.open(template, starts_at=starts_at) for _ in range(RAFFLES)]
    accepted: Counter[str] = Counter()
    over = Event()

    def play(number: int) -> int:
        def bets() -> None:
            requests = [live.house.request(raffle, f"p{number}-{place}") for place, raffle in enumerate(raffles)]
            answers = contribute(requests, now=clock.now())
            accepted.update(str(answer.instance_id) for answer in answers if isinstance(answer, ContributionResult))

        return until(over, bets)

    def resolve() -> int:
        def steps() -> None:
            resolve_raffles(now=clock.now())
            time.sleep(0.01)

        return until(over, steps)

    with ThreadPoolExecutor(PLAYERS + RESOLVERS) as pool:
        work = [pool.submit(play, number) for number in range(PLAYERS)]
        work += [pool.submit(resolve) for _ in range(RESOLVERS)]
        deadline = time.monotonic() + 240
        while _closed() < CLOSES and time.monotonic() < deadline and not any(one.done() for one in work):
            time.sleep(0.1)
        over.set()
        assert all(one.result(60) for one in work)
    assert sum(accepted.values()) == sum(row.ticket_count for row in RaffleRound.objects.all())
    played = list(RaffleRound.objects.filter(state=RoundState.COMPLETE, ticket_count__gt=0))
    assert len(played) >= CLOSES
    for row in played:
        won = Credit.objects.filter(group_id=row.pk).count()
        assert won == min(4, row.ticket_count) == row.outcome["winners"]
    check = verify_rounds(live.house.scope)
    assert check.faults == []
    assert_invariants()


def _closed() -> int:
    """The rounds that closed while people played in them."""
    return RaffleRound.objects.filter(state=RoundState.COMPLETE, ticket_count__gt=0).count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-16")
def test_four_resolvers_at_the_same_moment_take_each_step_once(cast: Cast) -> None:
    instance: Instance = open_raffle(cast.house)
    contribute(
        [cast.house.request(instance, f"p{number}", base_wager_micros=9 * EUR) for number in range(9)], now=cast.now
    )
    ends_at = instance.rounds.get().ends_at

    def resolve(_number: int) -> int:
        try:
            return resolve_raffles(now=ends_at)
        finally:
            connection.close()

    with ThreadPoolExecutor(RESOLVERS) as pool:
        taken = sum(pool.map(resolve, range(RESOLVERS)))
    taken += resolve_raffles(now=ends_at)
    assert instance.rounds.get(number=1).state == RoundState.COMPLETE
    # close, freeze, draw, pay, complete; and the next round is opened.
    assert taken == 6
    assert Credit.objects.count() == 1
    assert_invariants()
