"""Contributions: what they do to pots, ledger and statistics, and how wins come about."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from psycopg.pq import PipelineStatus

from backoffice.events.models import OutboxEvent
from jackpots.models import Contribution, Meter, OptIn, PotCycle, Win
from jackpots.operations.contribute import contribute
from jackpots.queries.ledger import totals_by_kind
from jackpots.randomness import verify
from jackpots.rules.contribution import ContributionRequest
from tests.cast import EUR, Cast, again, probability_pot, quiet_draft, sure_draft, value_pot
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted, code_of


@pytest.mark.req("CON-01", "CON-06", "CON-15", "CON-20", "B-02", "B-12")
def test_a_contribution_grows_the_pots_and_is_answered(cast: Cast) -> None:
    result = accepted(contribute([cast.request(metadata={"spin": 7})], now=cast.now)[0])
    assert (result.contribution_micros, result.contribution_currency) == (100_000, "EUR")
    assert (result.win_micros, result.win_pot_id, result.is_replay) == (0, None, False)
    assert (result.instance_id, result.metadata, result.accepted_at) == (cast.instance.pk, {"spin": 7}, cast.now)
    totals = totals_by_kind(cast.house.scope, cast.instance.pk)
    assert totals == {"pot": 110_026_250, "seed": 43_750, "house": 30_000, "house_funding": -110_100_000}
    assert_invariants()


@pytest.mark.req("CON-24", "CON-03")
def test_an_instance_can_be_named_directly(cast: Cast) -> None:
    result = accepted(contribute([cast.house.request(cast.instance)], now=cast.now)[0])
    row = Contribution.objects.get(pk=result.contribution_id)
    assert (row.target, row.source_id) == (f"instance:{cast.instance.pk}", None)
    assert_invariants()


@pytest.mark.req("CON-21", "CUR-03", "B-02")
def test_another_currency_is_converted_once_and_the_rate_is_kept(cast: Cast) -> None:
    request = cast.request(currency="SEK", base_wager_micros=10 * EUR, metadata=[1, None, {"deep": Decimal("0.10")}])
    result = accepted(contribute([request], now=cast.now)[0])
    assert (result.contribution_micros, result.contribution_currency) == (1_167_610, "SEK")
    assert result.rate == Decimal("11.6761")
    row = Contribution.objects.get()
    assert (row.amount_micros, row.rate) == (100_000, Decimal("11.6761"))
    assert Meter.objects.get().base_wager_micros == 856_450
    assert_invariants()


@pytest.mark.parametrize("brand_id", ["thrilltech:brand1", "thrilltech:unknown"])
def test_who_asks_is_told_when_only_the_server_has_work_left(cast: Cast, brand_id: str) -> None:
    sent: list[int] = []

    def when_sent() -> None:
        sent.append(connection.connection.pgconn.pipeline_status)

    contribute([cast.request(), cast.request(brand_id=brand_id)], now=cast.now, when_sent=when_sent)
    assert sent == [PipelineStatus.ON]


@pytest.mark.req("OPT-08", "B-12")
def test_accumulators_and_meters_count_by_player_and_brand(cast: Cast) -> None:
    requests = [cast.request(), cast.request(), cast.request("player_2"), cast.request(brand_id=cast.brand2.pk)]
    contribute(requests, now=cast.now)
    counts = OptIn.objects.values_list("brand_id", "player_id", "contribution_count", "contribution_micros")
    assert sorted(counts) == [
        ("thrilltech:brand1", "player_00001", 2, 200_000),
        ("thrilltech:brand1", "player_2", 1, 100_000),
        ("thrilltech:brand2", "player_00001", 1, 100_000),
    ]
    meters = Meter.objects.order_by("brand_id").values_list("contribution_count", "base_wager_micros", "minute")
    minute = cast.now.replace(second=0, microsecond=0)
    assert list(meters) == [(3, 3 * EUR, minute), (1, EUR, minute)]
    assert_invariants()


@pytest.mark.req("POT-11", "POT-20", "B-11", "B-12", "WIN-03", "WIN-04")
def test_a_win_is_owed_and_the_pot_starts_again(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    results = contribute([cast.house.request(instance) for _ in range(3)], now=cast.now)
    assert [accepted(result).win_pot_id for result in results] == ["main"] * 3
    # Half of the pot's 0.07 is put by for the next start, so the pot pays 100 and 3 of the 3.5 cents.
    assert accepted(results[0]).win_micros == 100 * EUR + 30_000
    won = Win.objects.order_by("cycle")
    assert [(win.cycle, win.state) for win in won] == [(1, "owed"), (2, "owed"), (3, "owed")]
    assert won[0].residual_micros == 5_000
    assert won[0].seed_micros == 100 * EUR
    assert won[0].seed_deficit_micros == 100 * EUR - 40_000
    pot = instance.pots.get()
    assert (pot.cycle, pot.drop_count, pot.value_micros, pot.seed_micros) == (4, 3, 100 * EUR, 0)
    totals = totals_by_kind(cast.house.scope, instance.pk)
    assert totals["payable"] == sum(win.cost_micros for win in won)
    assert_invariants()


@pytest.mark.req("EVT-09", "CUR-05", "B-10")
def test_a_win_is_published_and_its_secret_was_committed_to(cast: Cast) -> None:
    instance = cast.house.open(sure_draft())
    before = bytes(PotCycle.objects.get(pot=instance.pots.get()).commitment)
    contribute([cast.house.request(instance, metadata={"table": 4})], now=cast.now)
    event = OutboxEvent.objects.get(kind="JackpotWinEvent")
    assert event.object_id == str(Win.objects.get().pk)
    assert b'"win_amount":100.035,' in bytes(event.payload)
    assert b'"GBP":0.8592' in bytes(event.payload)
    assert b'"metadata":{"table":4}' in bytes(event.payload)
    ended, running = PotCycle.objects.filter(pot__instance=instance).order_by("cycle")
    assert (ended.ended_at, running.ended_at) == (cast.now, None)
    assert bytes(ended.commitment) == before != bytes(running.commitment)
    assert not verify(bytes(ended.sealed_secret), before.hex())


@pytest.mark.req("B-09")
def test_a_hit_that_loses_stays_armed_for_the_next_contribution(cast: Cast) -> None:
    pots = (
        probability_pot(
            "small", one_in=1, position=0, share_ppm=350_000, initial_seed_micros=EUR, min_reseed_micros=EUR
        ),
        probability_pot("large", one_in=1, position=1, share_ppm=350_000),
    )
    instance = cast.house.open(quiet_draft(pots=pots))
    first = accepted(contribute([cast.house.request(instance)], now=cast.now)[0])
    assert first.win_pot_id == "large"
    assert instance.pots.get(code="small").is_armed
    drawn = Contribution.objects.get().draws
    assert [(record[0], record[5], record[6]) for record in drawn] == [("small", True, False), ("large", True, False)]
    second = Contribution.objects.get(
        pk=accepted(contribute([cast.house.request(instance)], now=cast.now)[0]).contribution_id
    )
    assert second.draws[0][2:7] == ["1", "1", "0", True, True]
    assert_invariants()


@pytest.mark.req("B-11", "POT-19")
def test_what_goes_over_the_ceiling_goes_to_the_reserve_and_the_win_is_never_above_it(cast: Cast) -> None:
    pot = value_pot("main", start=10, end=11, share_ppm=700_000, seed_share_ppm=0, initial_seed_micros=10 * EUR)
    instance = cast.house.open(quiet_draft(contribution_micros=2 * EUR, pots=(pot,)))
    result = accepted(contribute([cast.house.request(instance)], now=cast.now)[0])
    assert result.win_micros == 11 * EUR
    win = Win.objects.get()
    # 0.40 over the ceiling is of the reserve, and pays for a part of the next start.
    assert (win.value_micros, win.seed_micros, win.seed_deficit_micros) == (11 * EUR, 10 * EUR, 9_600_000)
    assert_invariants()


@pytest.mark.req("B-08", "POT-23", "POT-24")
def test_a_contribution_of_nothing_is_one_attempt(cast: Cast) -> None:
    pot = probability_pot(
        "main", one_in=1, position=0, share_ppm=1_000_000, cost_per_attempt_micros=None, is_progressive=False
    )
    instance = cast.house.open(quiet_draft(contribution_micros=0, household_ppm=0, pots=(pot,)))
    result = accepted(contribute([cast.house.request(instance)], now=cast.now)[0])
    assert (result.contribution_micros, result.win_micros) == (0, 100 * EUR)
    assert Contribution.objects.get().transfer_id is None
    assert_invariants()


@pytest.mark.req("B-03")
def test_inside_a_callers_transaction_it_is_undone_with_it(cast: Cast) -> None:
    request = cast.request()

    with transaction.atomic():
        contribute([request], now=cast.now)
        transaction.set_rollback(True)
    assert Contribution.objects.count() == 0
    assert not accepted(contribute([request], now=cast.now)[0]).is_replay
    assert_invariants()


@pytest.mark.req("B-03")
def test_requests_of_two_operators_are_no_batch(cast: Cast) -> None:
    requests: list[ContributionRequest] = [cast.request(), again(cast.request(), operator_id="rival")]
    with pytest.raises(ValueError, match="one operator"):
        contribute(requests, now=cast.now)
    assert contribute([], now=cast.now) == []


@pytest.mark.req("B-03")
def test_one_that_cannot_be_stored_leaves_the_others_alone(cast: Cast) -> None:
    answers = contribute([cast.request(), cast.request(metadata={"nul": "\0"}), cast.request()], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "INVALID_REQUEST", "ACCEPTED"]
    assert_invariants()


@pytest.mark.req("B-12")
@pytest.mark.parametrize("text", ["a\tb", "back\\slash", "new\nline", 'quo"te', "{brace,}", "é😀", " "])
def test_any_text_comes_back_as_it_was_sent(cast: Cast, text: str) -> None:
    request = cast.request(text, gameround_id=text, metadata={text: text})
    contribute([request], now=cast.now)
    row = Contribution.objects.get()
    assert (row.player_id, row.gameround_id, row.metadata) == (text, text, {text: text})
    assert accepted(contribute([request], now=cast.now)[0]).is_replay
    assert_invariants()


@pytest.mark.req("B-15")
def test_lines_stand_in_the_month_of_their_time(cast: Cast) -> None:
    contribute([cast.request()], now=cast.now)
    contribute([cast.request()], now=cast.now + timedelta(days=40))
    assert_invariants()
