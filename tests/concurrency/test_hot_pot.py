"""Many at once on one pot, on a real server that waits for the disk."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from backoffice.core import clock
from deploy.local.servers import PostgreSQL
from jackpots.models import Instance, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.pause_instance import pause_instance
from jackpots.rules.contribution import ContributionRequest
from tests.cast import EUR, SYSTEM, Cast, quiet_draft, value_pot
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted, code_of
from tests.services import fill

LONG = os.environ.get("POTLUCK_LONG") == "1"
THREADS = 8
CONTRIBUTIONS, DUPLICATES = (4_000, 1_000) if LONG else (800, 200)


@pytest.mark.req("B-01", "B-03", "B-12")
def test_eight_threads_lose_nothing_and_do_nothing_twice(durable_postgresql: PostgreSQL) -> None:
    fill(durable_postgresql.url)
    command = [sys.executable, "-m", "tests.concurrency.hot_pot", *map(str, (THREADS, CONTRIBUTIONS, DUPLICATES))]
    environment = os.environ | {
        "DATABASE_URL": durable_postgresql.url, "DJANGO_SETTINGS_MODULE": "backoffice.settings", "DB_POOL_MAX": "20",
    }  # fmt: skip
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=environment, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-4_000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["answers"] == CONTRIBUTIONS + DUPLICATES
    assert (found["stored"], found["game_rounds"]) == (CONTRIBUTIONS, CONTRIBUTIONS)
    assert found["accepted_twice"] == []
    assert found["several_answers"] == []
    # One in sixty, and a value pot that drops every few dozen: far from none.
    assert found["wins"] > CONTRIBUTIONS // 200
    assert found["wins_a_cycle"] == 1
    assert found["draws"] == 2 * CONTRIBUTIONS
    assert found["mismatches"] == []
    assert found["violations"] == []


def at_once(requests: list[ContributionRequest]) -> list[str]:
    """Each from a thread of its own, all at the same moment; the codes of the answers."""
    barrier = Barrier(len(requests))

    def one(request: ContributionRequest) -> str:
        barrier.wait()
        try:
            return code_of(contribute([request], now=clock.now())[0])
        finally:
            connection.close()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(one, requests))


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-03", "POT-19")
def test_t9_two_that_tip_a_pot_at_once_win_it_once(cast: Cast) -> None:
    # One contribution fills the pot to its ceiling; the next finds it empty and far from dropping.
    pot = value_pot(
        "main",
        start=10,
        end=20,
        share_ppm=1_000_000,
        seed_share_ppm=0,
        min_reseed_micros=0,
        initial_seed_micros=10 * EUR,
    )
    template = cast.house.publish(quiet_draft(contribution_micros=10 * EUR, household_ppm=0, pots=(pot,)))
    for _ in range(10):
        instance = cast.house.open(template)
        codes = at_once([cast.house.request(instance, f"player_{number}") for number in range(2)])
        assert codes == ["ACCEPTED", "ACCEPTED"]
        assert Win.objects.filter(instance=instance).count() == 1
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-01")
def test_the_same_request_at_once_is_accepted_once(cast: Cast) -> None:
    for _ in range(10):
        request = cast.request()
        codes = at_once([request] * 6)
        assert sorted(codes) == ["ACCEPTED"] + ["REPLAYED"] * 5
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-01")
def test_one_game_round_by_two_targets_at_once_is_accepted_by_one(cast: Cast) -> None:
    for number in range(10):
        requests = [
            cast.house.request(target, gameround_id=f"same-{number}") for target in (cast.source, cast.instance)
        ]
        codes = sorted(at_once(requests * 2))
        assert codes == ["ACCEPTED", "IDEMPOTENCY_CONFLICT", "IDEMPOTENCY_CONFLICT", "REPLAYED"]
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("POT-05", "CON-27")
def test_nothing_is_accepted_once_a_pause_has_returned(cast: Cast) -> None:
    source, instance = cast.source, cast.instance
    stop: list[bool] = []

    def player(number: int) -> tuple[int, int]:
        before = after = 0
        try:
            while not stop or after < 5:
                paused = bool(stop)
                answer = contribute([cast.house.request(source, f"player_{number}")], now=clock.now())[0]
                if paused:
                    assert code_of(answer) == "CONTRIBUTION_REJECTED"
                    after += 1
                else:
                    before += 1
        finally:
            connection.close()
        return before, after

    with ThreadPoolExecutor(4) as pool:
        playing = [pool.submit(player, number) for number in range(4)]
        while Instance.objects.get(pk=instance.pk).pots.first().version < 20:  # type: ignore[union-attr]
            pass
        pause_instance(instance.pk, reason="Test", scope=cast.house.scope, actor=SYSTEM, now=clock.now())
        stop.append(True)
        counts = [future.result(60) for future in playing]
    assert all(before > 0 and after == 5 for before, after in counts)
    assert not accepted(contribute([cast.house.request(cast.house.open())], now=clock.now())[0]).is_replay
    assert_invariants()
