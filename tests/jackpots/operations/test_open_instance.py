"""Opening an instance: pots, seeds, secrets, states."""

from datetime import timedelta

import pytest

from backoffice.core.errors import Refusal
from jackpots.models import InstanceState, PotCycle
from jackpots.queries.ledger import totals_by_kind
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants


@pytest.mark.req("POT-01", "POT-02", "POT-10", "B-12")
def test_the_house_pays_the_first_seeds(cast: Cast) -> None:
    pots = list(cast.instance.pots.order_by("position"))
    assert [(pot.code, pot.value_micros) for pot in pots] == [("minor", 10 * EUR), ("mega", 100 * EUR)]
    totals = totals_by_kind(cast.house.scope, cast.instance.pk)
    assert totals == {"pot": 110 * EUR, "house_funding": -110 * EUR}
    assert PotCycle.objects.filter(pot__in=pots, cycle=1).count() == 2
    assert_invariants()


@pytest.mark.req("POT-03", "POT-04")
def test_a_start_ahead_leaves_it_pending(cast: Cast) -> None:
    later = cast.house.open(cast.template, starts_at=cast.now + timedelta(hours=1))
    assert later.state == InstanceState.PENDING
    assert cast.instance.state == InstanceState.ACTIVE


@pytest.mark.req("POT-01", "GEN-02")
def test_only_a_published_template_of_the_own_operator_opens(cast: Cast) -> None:
    with pytest.raises(Refusal, match="NOT_FOUND"):
        cast.house.open(cast.rival_instance.template)
