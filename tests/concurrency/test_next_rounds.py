"""The next round begins where the one before ended, whoever draws that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from structlog.testing import capture_logs

from jackpots.models import RaffleRound
from jackpots.operations.contribute import contribute
from jackpots.operations.link_instance import link_instance
from jackpots.operations.resolve_raffles import resolve_raffles
from tests.cast import EUR, SYSTEM, Cast
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import code_of
from tests.raffles import HOUR, bet, open_raffle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("B-16", "RAF-09")
def test_a_bet_after_the_end_of_a_round_is_taken_by_the_next_while_no_worker_runs(cast: Cast) -> None:
    raffle = open_raffle(cast.house)
    assert bet(cast.house, raffle, "ann", 4, cast.now) == 2
    # At the end itself, and after a whole round in which nothing ran.
    for passed, number in ((HOUR, 2), (3 * HOUR + timedelta(minutes=1), 3)):
        assert bet(cast.house, raffle, "bob", 6, cast.now + passed) == 3
        rows = {row.number: row for row in RaffleRound.objects.filter(instance=raffle)}
        assert rows[number - 1].drawn_at == cast.now + passed
        assert (rows[number].ticket_count, rows[number].starts_at <= cast.now + passed) == (3, True)
    assert_invariants()


@pytest.mark.req("B-16", "B-35")
def test_whoever_comes_first_draws_and_nobody_is_refused(cast: Cast) -> None:
    raffle = open_raffle(cast.house)
    bet(cast.house, raffle, "ann", 4, cast.now)
    requests = [cast.house.request(raffle, f"player_{number}", base_wager_micros=2 * EUR) for number in range(4)]
    barrier = Barrier(6)

    def play(number: int) -> str:
        try:
            barrier.wait(10)
            if number < 4:
                return code_of(contribute([requests[number]], now=cast.now + HOUR)[0])
            resolve_raffles(now=cast.now + HOUR)
            return "RESOLVED"
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(play, range(6))) == ["ACCEPTED"] * 4 + ["RESOLVED"] * 2
    assert RaffleRound.objects.get(instance=raffle, number=2).ticket_count == 4
    assert_invariants()


def test_raffles_that_feed_each_other_never_wait_in_a_circle(cast: Cast) -> None:
    one, other = (open_raffle(cast.house) for _ in range(2))
    for first, second in ((one, other), (other, one)):
        link_instance(first.pk, second.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    requests = [cast.house.request((one, other)[number % 2], f"player_{number}") for number in range(40)]

    def play(number: int) -> list[str]:
        try:
            return [code_of(contribute([request], now=cast.now)[0]) for request in requests[number::4]]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool, capture_logs() as logs:
        assert [code for codes in pool.map(play, range(4)) for code in codes] == ["ACCEPTED"] * 40
    assert [entry for entry in logs if "deadlock" in str(entry)] == []
    assert_invariants()
