"""What tickers read: everything that runs or stopped a moment ago, and nothing of what has ended."""

import pytest

from backoffice.core import clock
from jackpots.operations.contribute import contribute
from jackpots.operations.pause_instance import pause_instance
from jackpots.queries.tickers import running_instances
from tests.cast import SYSTEM, Cast, probability_pot, quiet_draft
from tests.invariants import assert_invariants


@pytest.mark.req("POT-08", "POT-31")
def test_t8_of_a_jackpot_that_has_ended_no_update_is_told(cast: Cast) -> None:
    pot = probability_pot("only", one_in=1, position=0, share_ppm=700_000, max_drops=1)
    instance = cast.house.open(quiet_draft(name="Limited", pots=(pot,)))
    assert str(instance.pk) in {values.id for values in running_instances()}
    contribute([cast.house.request(instance)], now=clock.now())
    assert str(instance.pk) not in {values.id for values in running_instances()}
    # One that was stopped by hand is told once more as what it is.
    pause_instance(cast.instance.pk, reason="Check", scope=cast.house.scope, actor=SYSTEM, now=clock.now())
    assert {values.id: values.status for values in running_instances()} == {str(cast.instance.pk): "Paused"}
    assert_invariants()
