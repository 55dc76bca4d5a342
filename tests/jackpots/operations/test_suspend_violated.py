"""Where money does not add up, contributions stop by themselves: those of whom it concerns, with the reason."""

import pytest

from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from backoffice.core.invariants import Violation
from jackpots import tasks
from jackpots.models import Pot, Suspension
from jackpots.operations.contribute import contribute
from jackpots.operations.suspend_violated import suspend_violated
from jackpots.rules.contribution import ContributionResult
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.req("B-12", "R-01")
def test_a_pot_that_is_not_its_postings_stops_its_operator_alone(cast: Cast) -> None:
    contribute([cast.request()], now=cast.now)
    assert tasks.check_invariants() == 0
    # A writer that forgets the ledger: no trigger can know what a pot should hold.
    Pot.objects.filter(instance=cast.instance, code="mega").update(value_micros=7)
    assert tasks.check_invariants() == 1
    row = Suspension.objects.get()
    assert (row.operator_id, row.brand_id, row.source_id) == (cast.operator.pk, None, None)
    assert row.reason.startswith("An invariant is violated. I2 pot is its postings")
    (answer,) = contribute([cast.request()], now=cast.now)
    assert isinstance(answer, Refusal)
    assert answer.message.startswith("suspended:")
    (foreign,) = contribute([cast.rival_house.request(cast.rival_source)], now=cast.now)
    assert isinstance(foreign, ContributionResult)
    entry = AuditEntry.objects.get(action="suspension.started")
    assert (entry.operator_id, entry.reason) == (cast.operator.pk, row.reason)
    assert tasks.check_invariants() == 0


@pytest.mark.req("B-12")
def test_what_leads_to_nobody_stops_everybody(cast: Cast) -> None:
    nobody = Violation("I20 finite money", "some_table some_check", "is not validated")
    made = suspend_violated([nobody], now=cast.now)
    assert {row.operator_id for row in made} == {cast.operator.pk, cast.rival.pk}
    assert suspend_violated([nobody, nobody], now=cast.now) == []


@pytest.mark.req("B-12")
def test_nothing_wrong_stops_nobody(cast: Cast) -> None:
    assert suspend_violated([], now=cast.now) == []
    assert not Suspension.objects.exists()
