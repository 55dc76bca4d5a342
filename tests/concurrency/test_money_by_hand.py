"""Money that is moved by hand while people play for it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from jackpots.models import Pot
from jackpots.operations.contribute import contribute
from jackpots.operations.request_boost import request_boost
from tests.cast import EUR, SYSTEM, Cast
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("SED-03", "B-03")
def test_a_boost_of_a_pot_that_is_played_for_only_waits_for_the_batch(cast: Cast) -> None:
    instance = cast.house.open()
    pot = Pot.objects.filter(instance=instance)[0]

    def ask() -> str:
        try:
            asked = request_boost(
                pot.pk, amount_micros=EUR, reason="Spring", requested_by=cast.manager, scope=cast.house.scope,
                actor=SYSTEM, now=cast.now,
            )  # fmt: skip
            return asked.kind
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            contribute([cast.house.request(instance)], now=cast.now)
            waiting = pool.submit(ask)
            _wait_for_a_row()
        # The batch's keys are checked as it is committed, against the row of its instance.
        assert waiting.result(30) == "pot.boost"
    assert_invariants()


def _wait_for_a_row() -> None:
    """Until somebody waits for a row of this transaction."""
    with connection.cursor() as cursor:
        for _ in range(2_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted")
            if cursor.fetchone() != (0,):
                return
            cursor.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waits")
