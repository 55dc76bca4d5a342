"""Plays: the same numbers from any place on, sums that close, every kind of pot, and figures beside the formulas."""

from typing import Any

import msgspec
import pytest

from jackpots.rules.numbers import Numbers
from jackpots.rules.play import DAY_MS, TOGETHER, Run, play, runs_of, terms_of_run
from jackpots.rules.played import figures
from jackpots.rules.policy import Policy, objections
from jackpots.rules.report import formulas
from jackpots.rules.terms import PotTerms, PrizeTerms, TemplateTerms
from tests.jackpots.rules.kit import CHI_SQUARE_LIMIT, EURO, chi_square, count, probability_pot, template, value_pot


def played(terms: TemplateTerms, contributions: int, *, seed: int = 1, a_day: int | None = None) -> list[Run]:
    numbers, runs = Numbers(seed), runs_of(terms, contributions)
    for run in runs:
        play(terms, run, below=numbers.below, a_day=a_day, most=contributions)
    return runs


def time_pot(**changes: Any) -> PotTerms:
    """Once an hour; a fifth of a contribution; starts at 5."""
    terms: dict[str, Any] = {
        "code": "hourly", "position": 0, "share_ppm": 200_000, "seed_share_ppm": 0, "min_reseed_micros": 5 * EURO,
        "initial_seed_micros": 5 * EURO, "is_progressive": True, "kind": "time", "time_rule": "first_after",
        "period_seconds": 3_600,
    }  # fmt: skip
    return PotTerms(**(terms | changes))


@pytest.mark.req("POT-20")
def test_numbers_are_even_and_the_same_from_any_place_on() -> None:
    numbers = Numbers(42)
    found = [numbers.below(10) for _ in range(count(5_000, 50_000))]
    assert chi_square([found.count(digit) for digit in range(10)], [len(found) / 10] * 10) < CHI_SQUARE_LIMIT[9]
    for place in (0, 1, 7, 8, 9, 1_003):
        later = Numbers(42, place)
        assert [later.below(10) for _ in range(20)] == found[place : place + 20]
        assert later.place == place + 20
    assert all(0 <= Numbers(seed).below(10**25) < 10**25 for seed in range(20))
    assert [Numbers(43).below(2**40) for _ in range(3)] != [Numbers(42).below(2**40) for _ in range(3)]


@pytest.mark.req("B-09", "POT-19")
@pytest.mark.parametrize("part", [1, 37, 1_000])
def test_a_play_in_parts_is_the_play_at_once(part: int) -> None:
    terms = template(value_pot(share_ppm=400_000), probability_pot(max_magic_number=20), time_pot(position=2))
    whole = played(terms, 1_000, seed=5, a_day=4_000)
    numbers, runs = Numbers(5), runs_of(terms, 1_000)
    while not all(run.is_done for run in runs):
        run = next(run for run in runs if not run.is_done)
        play(terms, run, below=numbers.below, a_day=4_000, most=part)
        kept = msgspec.json.decode(msgspec.json.encode(msgspec.to_builtins(runs, str_keys=True)))
        runs, numbers = msgspec.convert(kept, list[Run], strict=False), Numbers(5, numbers.place)
    assert runs == whole


@pytest.mark.req("POT-05", "SED-01")
def test_nothing_is_lost_in_a_play() -> None:
    limited = probability_pot(max_magic_number=30, max_drops=3, seed_share_ppm=500_000)
    terms = template(value_pot(share_ppm=400_000), limited, time_pot(position=2))
    for run in played(terms, 5_000, a_day=20_000):
        held = sum(pot.value_micros + pot.reserve_micros for pot in run.pots)
        paid = sum(pot.paid_micros for pot in run.pots)
        added = sum(pot.deficit_micros for pot in run.pots)
        put_in = run.played * terms.contribution_micros + run.opened_micros + added
        assert put_in == run.household_micros + paid + held, run.name
        assert sum(run.batches) == paid
        assert sum(phase.contributions for phase in run.phases) == run.played


@pytest.mark.req("POT-07", "POT-08")
def test_a_limited_pot_closes_and_the_last_one_ends_the_play() -> None:
    terms = template(probability_pot(max_magic_number=5, max_drops=3))
    (run,) = played(terms, 10_000)
    assert run.is_over
    assert run.played < 1_000
    assert (run.pots[0].drops, run.pots[0].closed) == (3, True)
    assert [phase.closed for phase in run.phases] == [[], ["minor"]]
    (shown,) = figures([run], terms.contribution_micros)
    assert (shown["ended"], shown["contributions"]) == (True, run.played)


@pytest.mark.req("POT-21")
@pytest.mark.parametrize("rule", ["first_after", "stake_weighted"])
def test_a_time_pot_drops_once_a_window(rule: str) -> None:
    terms = template(time_pot(time_rule=rule))
    hours = 60
    (run,) = played(terms, hours * 100, a_day=100 * 24)
    assert hours - 1 <= run.pots[0].drops <= hours
    (known,) = formulas(terms, 100 * 24)["pots"]
    (shown,) = figures([run], terms.contribution_micros)
    assert abs(shown["rtp_ppm"] - known["rtp_ppm"]) < known["rtp_ppm"] // 20
    assert formulas(terms)["pots"][0]["rtp_ppm"] is None, "without a day's contributions there is no figure"


@pytest.mark.req("RAF-01")
def test_the_rounds_of_a_raffle_are_paid() -> None:
    pot = time_pot(kind="raffle", time_rule="", period_seconds=None, share_ppm=500_000)
    prizes = (
        PrizeTerms(rank=1, kind="share", share_ppm=500_000),
        PrizeTerms(rank=2, kind="amount", amount_micros=2 * EURO, count=3),
    )
    raffle = template(pot, jackpot_type="Raffle", duration_count=1, duration_unit="hours", prizes=prizes)
    (run,) = played(raffle, 24 * 100 * 3, a_day=24 * 100)
    assert run.pots[0].drops == 71
    (known,) = formulas(raffle, 24 * 100)["pots"]
    assert known["turnover_micros"] == 100 * EURO // 10
    assert known["rtp_ppm"] == 1_000_000, "five put in and five of the seed: what is over waits for the next round"
    lost = template(
        pot, jackpot_type="Raffle", duration_count=1, duration_unit="hours", prizes=prizes, rolls_over=False
    )
    assert formulas(lost, 24 * 100)["pots"][0]["payout_micros"] == 11 * EURO


@pytest.mark.req("POT-19", "POT-20", "B-11")
def test_v1_and_p1_by_formula() -> None:
    (pot,) = formulas(template(value_pot()), 10_000)["pots"]
    assert (pot["rtp_ppm"], pot["payout_micros"] // EURO) == (666_664, 1_000)
    assert (pot["contributions"], pot["turnover_micros"]) == (15_000, 1_500_050_000)
    assert pot["hit"]["p5"] < pot["hit"]["median"] < pot["hit"]["p95"]
    assert pot["hit_seconds"][1] == round(pot["hit"]["median"] * DAY_MS / 10_000 / 1_000)
    (pot,) = formulas(template(probability_pot()))["pots"]
    assert (pot["rtp_ppm"], pot["hit"]["median"], pot["house_seed_ppm"]) == (350_000, 693, 100_000)
    assert pot["hit_seconds"] is None


@pytest.mark.req("POT-25")
def test_t10_without_value_there_is_no_return() -> None:
    terms = template(probability_pot(cost_per_attempt_micros=None, max_magic_number=10), contribution_micros=0)
    (run,) = played(terms, 200)
    (shown,) = figures([run], 0)
    assert (shown["rtp_ppm"], shown["rtp_error_ppm"]) == (None, None)
    known = formulas(terms)
    assert known["rtp_ppm"] is None
    assert objections(Policy(), known, [shown], "EUR") == []


@pytest.mark.req("B-09")
def test_alone_every_pot_has_the_play_to_itself() -> None:
    terms = template(value_pot(share_ppm=400_000), probability_pot(max_magic_number=2))
    runs = played(terms, 500)
    assert [run.name for run in runs] == [TOGETHER, "mega", "minor"]
    assert [pot.code for pot in terms_of_run(terms, "minor").pots] == ["minor"]
    assert (
        sum(pot.share_ppm for pot in terms_of_run(terms, "minor").pots) + terms_of_run(terms, "minor").household_ppm
        == 1_000_000
    )


@pytest.mark.req("POT-08", "POT-21")
def test_a_time_pot_that_is_limited_ends_the_play_at_its_deadline() -> None:
    (run,) = played(template(time_pot(time_rule="stake_weighted", max_drops=2)), 10_000, a_day=24 * 10)
    assert (run.is_over, run.pots[0].drops) == (True, 2)
    assert run.played == 20, "ten an hour, and what comes after the second deadline meets no jackpot any more"
