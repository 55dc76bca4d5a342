"""Contributions: who may, what they do to pots and ledger, and the same answer for the same request."""

import pytest

from backoffice.core.errors import Refusal
from jackpots.models import Contribution, Win
from jackpots.operations.contribute import contribute
from jackpots.queries.ledger import totals_by_kind
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from tests.cast import EUR, Cast, again, sure_draft
from tests.invariants import assert_invariants


def accepted(answer: ContributionResult | Refusal) -> ContributionResult:
    assert isinstance(answer, ContributionResult), answer
    return answer


def refused(answer: ContributionResult | Refusal) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


@pytest.mark.req("CON-01", "CON-06", "CON-15", "B-02", "B-12")
def test_a_contribution_grows_the_pots_and_is_answered(cast: Cast) -> None:
    result = accepted(contribute([cast.request(metadata={"spin": 7})], now=cast.now)[0])
    assert (result.contribution_micros, result.contribution_currency) == (100_000, "EUR")
    assert (result.win_micros, result.win_pot_id, result.is_replay) == (0, None, False)
    assert (result.instance_id, result.metadata, result.accepted_at) == (cast.instance.pk, {"spin": 7}, cast.now)
    totals = totals_by_kind(cast.house.scope, cast.instance.pk)
    assert totals == {"pot": 110_026_250, "seed": 43_750, "house": 30_000, "house_funding": -110_100_000}
    assert_invariants()


@pytest.mark.req("B-01")
def test_the_same_request_gets_the_same_answer(cast: Cast) -> None:
    request = cast.request()
    first, second = contribute([request, request], now=cast.now)
    third = accepted(contribute([request], now=cast.now)[0])
    assert [accepted(answer).is_replay for answer in (first, second, third)] == [False, True, True]
    assert len({accepted(answer).contribution_id for answer in (first, second, third)}) == 1
    assert Contribution.objects.count() == 1
    assert_invariants()


@pytest.mark.req("B-12", "B-11", "POT-20")
def test_a_win_is_owed_and_the_pot_starts_again(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    results = contribute([cast.house.request(instance) for _ in range(3)], now=cast.now)
    assert [accepted(result).win_pot_id for result in results] == ["main"] * 3
    assert accepted(results[0]).win_micros == 100 * EUR + 30_000
    assert Win.objects.count() == 3
    pot = instance.pots.get()
    assert (pot.cycle, pot.drop_count) == (4, 3)
    assert_invariants()


def test_requests_of_two_operators_are_no_batch(cast: Cast) -> None:
    requests: list[ContributionRequest] = [cast.request(), again(cast.request(), operator_id="rival")]
    with pytest.raises(ValueError, match="one operator"):
        contribute(requests, now=cast.now)
