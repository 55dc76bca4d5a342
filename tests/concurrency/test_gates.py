"""What is decided under the gates and on locked pots, when several come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from backoffice.core.errors import Refusal
from jackpots.models import InstanceState, OptIn, Win
from jackpots.operations.change_state import locked_instance
from jackpots.operations.contribute import contribute
from jackpots.operations.link_instance import link_instance
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.resolve_deadlines import resolve_deadlines
from jackpots.queries.verification import verify_draws
from jackpots.rules.contribution import ContributionRequest
from jackpots.rules.terms import PotTerms
from tests.cast import EUR, SYSTEM, Cast, quiet_draft
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import code_of

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
STAKED = PotTerms(
    code="hourly", position=0, share_ppm=700_000, seed_share_ppm=0, min_reseed_micros=10 * EUR,
    initial_seed_micros=10 * EUR, is_progressive=True, kind="time", time_rule="stake_weighted", period_seconds=3_600,
)  # fmt: skip


@pytest.mark.req("OPT-12", "POT-06")
def test_an_opt_in_waits_for_whoever_ends_the_jackpot_and_is_refused(cast: Cast) -> None:
    instance = cast.house.open(quiet_draft(name="Ends"), ends_at=cast.now + HOUR)
    asked = OptInRequest(
        operator_id="thrilltech", instance_id=instance.pk, brand_id="thrilltech:brand1", player_id="late",
        player_country="MT", opt_in=True,
    )  # fmt: skip
    began = Event()

    def late() -> str:
        began.set()
        try:
            opt_in(asked, now=cast.now)
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()
        return "ACCEPTED"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), locked_instance(cast.house.scope, instance.pk, cast.now + HOUR, SYSTEM) as row:
            # The schedule has ended it by then; the opt-in, which asks by the clock of before, finds it so.
            assert row.state == InstanceState.TERMINATED
            waiting = pool.submit(late)
            assert began.wait(10)
            _wait_for_a_lock()
            assert not waiting.done()
        assert waiting.result(30) == "CONTRIBUTION_REJECTED"
    assert not OptIn.objects.exists()


@pytest.mark.req("POT-21", "G-17")
def test_a_deadline_is_awarded_once_whoever_comes_first(cast: Cast) -> None:
    template = cast.house.publish(quiet_draft(name="By stake", pots=(STAKED,)))
    for _ in range(5):
        instance = cast.house.open(template)
        contribute([cast.house.request(instance, f"player_{number}") for number in range(4)], now=cast.now)
        barrier, later = Barrier(6), cast.now + HOUR + timedelta(seconds=3)
        requests = [cast.house.request(instance, f"late_{number}") for number in range(3)]

        with ThreadPoolExecutor(6) as pool:
            found = [pool.submit(_late, barrier, request, later) for request in (*requests, None, None, None)]
            assert [future.result(60) for future in found] == ["ACCEPTED"] * 3 + ["RESOLVED"] * 3
        win = Win.objects.get(instance=instance)
        assert (win.cycle, win.cause) == (1, "deadline")
        assert win.player_id.startswith("player_")
    assert verify_draws(cast.house.scope).mismatches == []
    assert_invariants()


def _late(barrier: Barrier, request: ContributionRequest | None, now: datetime) -> str:
    try:
        barrier.wait(10)
        if request is not None:
            return code_of(contribute([request], now=now)[0])
        resolve_deadlines(now=now)
        return "RESOLVED"
    finally:
        connection.close()


def test_jackpots_that_are_linked_to_each_other_never_block_for_good(cast: Cast) -> None:
    one, other = (cast.house.open(quiet_draft(name=name)) for name in ("One", "Other"))
    for first, second in ((one, other), (other, one)):
        link_instance(first.pk, second.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    requests = [cast.house.request((one, other)[number % 2], f"player_{number}") for number in range(40)]

    def play(number: int) -> list[str]:
        try:
            return [code_of(contribute([request], now=cast.now)[0]) for request in requests[number::4]]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert [code for codes in pool.map(play, range(4)) for code in codes] == ["ACCEPTED"] * 40
    # Twenty of its own and twenty over the link.
    for instance in (one, other):
        assert sum(row.contribution_count for row in OptIn.objects.filter(instance=instance)) == 40
    assert_invariants()


def _wait_for_a_lock() -> None:
    """Until somebody waits for an advisory lock."""
    with connection.cursor() as cursor:
        for _ in range(2_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone() != (0,):
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waits")
