"""The catalogues say the same things, and a language writes its numbers its own way."""

from datetime import UTC, datetime
from string import Formatter

import pytest

from jackpots.rules.recurrence import Daily, Hours, OpenDay, Weekly
from jackpots.rules.report import formulas
from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms, TemplateTerms
from jackpots.wire.player_rules.document import Facts, sections
from jackpots.wire.player_rules.language import CATALOGUES, Language, chosen
from tests.jackpots.rules.kit import EURO, probability_pot, template, value_pot
from tests.jackpots.rules.test_play import time_pot

EVERY = sorted(CATALOGUES)


def values_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def told(terms: TemplateTerms, code: str = "en", **facts: object) -> dict[str, str]:
    """The rules by section, each as one text."""
    given = Facts(name="Mega", version=1, since=None, terms=terms, figures=formulas(terms), **facts)  # type: ignore[arg-type]
    return {one.key: " ".join(one.lines) for one in sections(given, Language(code))}


def everything() -> TemplateTerms:
    """A jackpot that uses what there is."""
    pots: tuple[PotTerms, ...] = (
        value_pot(share_ppm=300_000, segments=(10, 20, 50), max_drops=3),
        probability_pot(share_ppm=200_000, ceiling_micros=500 * EURO, allows_external_trigger=True, seed_share_ppm=5),
        time_pot(position=2, initial_seed_micros=9 * EURO),
    )
    return template(
        *pots,
        contribution_kind="variable",
        operator_contribution_ppm=250_000,
        amounts=(
            AmountTerms(currency="SEK", default_micros=EURO, minimum_micros=EURO, maximum_micros=9 * EURO),
            AmountTerms(
                currency="GBP", default_micros=EURO, minimum_micros=EURO, maximum_micros=9 * EURO,
                allowed_micros=(EURO, 9 * EURO),
            ),
        ),
        strategies=(
            StrategyTerms(position=0, kind="active", share_ppm=200_000, count=10, hours=24),
            StrategyTerms(position=1, kind="lifetime", share_ppm=50_000, count=3, split="proportional"),
            StrategyTerms(position=2, kind="per_win", share_ppm=50_000, count=3),
        ),
        withhold_above_micros=1_000 * EURO,
        withhold_countries=("SE",),
        minimum_base_wager_micros=EURO,
    )  # fmt: skip


def raffle() -> TemplateTerms:
    """Weekly, by base wager."""
    return template(
        time_pot(kind="raffle", time_rule="", period_seconds=None, share_ppm=500_000),
        jackpot_type="Raffle",
        ticket_price_micros=2 * EURO,
        ticket_metric="base_wager",
        duration_count=2,
        duration_unit="weeks",
        prizes=(
            PrizeTerms(rank=1, kind="share", share_ppm=500_000),
            PrizeTerms(rank=2, kind="amount", amount_micros=1_234 * EURO, count=3),
        ),
    )


@pytest.mark.req("R-01")
@pytest.mark.parametrize("code", EVERY)
def test_every_catalogue_has_every_sentence_with_the_same_values(code: str) -> None:
    english, other = CATALOGUES["en"][0], CATALOGUES[code][0]
    assert set(other) == set(english)
    assert {key: values_in(text) for key, text in other.items()} == {
        key: values_in(text) for key, text in english.items()
    }
    assert len(other["weekdays"].split(",")) == 7
    if code != "en":
        same = [key for key, text in other.items() if text == english[key]]
        # What is only values, or the same word in both.
        assert set(same) <= {"own_hours", "amount_fixed", "minutes"}, "not translated"


@pytest.mark.req("R-01")
@pytest.mark.parametrize("code", EVERY)
@pytest.mark.parametrize("terms", [everything(), raffle()], ids=["jackpot", "raffle"])
def test_every_language_tells_all_of_it(code: str, terms: TemplateTerms) -> None:
    found = told(terms, code)
    assert set(found) >= {"part", "funding", "pots", "paying", "proof", "rtp"}
    assert not any("{" in text or "None" in text for text in found.values())
    assert len(found) == len(told(terms, "en"))


@pytest.mark.req("R-01", "R-02")
def test_what_a_player_is_to_know_of_a_jackpot() -> None:
    found = told(everything())
    assert "Bets of EUR 1.00 and more count." in found["part"]
    assert "The operator pays 25 % of it" in found["funding"]
    assert "In GBP: GBP 1.00; you may choose one of 1, 9." in found["funding"]
    assert "30 % of each contribution goes to the pot mega." in found["funding"]
    assert "30 % of each contribution stays with the operator" in found["funding"]
    assert "between EUR 500.00 and EUR 1,500.00, and never above" in found["pots"]
    assert "3 equal parts, which are as likely as 10 : 20 : 50" in found["pots"]
    assert "It can be won 3 times. Then it is closed. Its share then goes to the other pots." in found["pots"]
    assert "the chance to win it is 1 in 1,000" in found["pots"]
    assert "It holds EUR 500.00 at most" in found["pots"]
    assert "It drops once every 1 hour(s)" in found["pots"]
    assert "It starts with EUR 9.00 the first time, and with at least EUR 5.00 after every drop." in found["pots"]
    assert "it wins the one that is worth the most" in found["several"]
    assert "the later one plays for the pot as it starts anew" in found["several"]
    assert "Who wins a pot gets 70 % of it." in found["community"]
    assert "20 % to 10 players, drawn from those who contributed in the last 24 hours." in found["community"]
    assert "Wins above EUR 1,000.00 are checked by two people" in found["paying"]
    assert "no figure can be given" in found["rtp"]


@pytest.mark.req("R-01")
def test_the_return_is_the_formulas_own() -> None:
    found = told(template(value_pot()))
    assert "Pot mega: on average 66.67 % of what is contributed" in found["rtp"]
    assert "once in 15,000 contributions" in found["rtp"]
    changed = told(template(value_pot(share_ppm=300_000)))
    assert changed["rtp"] != found["rtp"]
    nothing = told(template(probability_pot(cost_per_attempt_micros=None), contribution_micros=0))
    assert "rtp" not in nothing
    assert "It costs nothing" in nothing["funding"]


@pytest.mark.req("R-01", "RAF-01")
def test_what_a_player_is_to_know_of_a_raffle() -> None:
    found = told(raffle())
    assert "You get a ticket for each EUR 2.00 that you bet in a round." in found["raffle"]
    assert "A round lasts 2 week(s)." in found["raffle"]
    assert "Prize 1: 50 % of the pot, for each of 1 winner(s)." in found["raffle"]
    assert "Prize 2: EUR 1,234.00, for 3 winner(s)." in found["raffle"]
    assert "What is not paid out stays in the pot for the next round." in found["raffle"]
    assert "several" not in found
    assert "Preis 2: EUR 1.234,00, Gewinner: 3." in told(raffle(), "de")["raffle"]


@pytest.mark.req("SCH-01", "R-01")
def test_when_it_is_open() -> None:
    assert told(everything())["when"] == "It is open at all times."
    assert told(everything(), state="Paused")["when"].startswith("It is paused at the moment")
    assert told(everything(), "fr", state="Ended")["when"].startswith("Il est terminé.")
    hours = (Hours(19 * 3_600, 21 * 3_600),)
    rules = (Daily(hours), Weekly((OpenDay(0), OpenDay(5, (Hours(8 * 3_600, 20 * 3_600),))), 2))
    start = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
    said = told(everything(), "de", schedule=rules, starts_at=start)["when"]
    assert "Er beginnt am 2026-03-14 09:26 UTC." in said
    assert "Jeden Tag: 19:00\N{EN DASH}21:00, UTC." in said
    assert "Alle 2 Wochen: Montag zu den täglichen Zeiten; Samstag" in said


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"), ("de", "de"), ("de-AT,en;q=0.8", "de"), ("nl, fr;q=0.3, es;q=0.7", "es"), ("zh", "en"),
        ("fr;q=x", "fr"), ("en;q=0.1,fr;q=.5", "fr"),
    ],
)  # fmt: skip
def test_the_language_that_a_browser_wants(accepted: str, code: str) -> None:
    assert chosen(None, accepted).code == code
    assert chosen("es", accepted).code == "es"
    with pytest.raises(LookupError):
        chosen("xx", accepted)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert [Language(code).money(1_234_500_000, "EUR") for code in ("en", "de", "fr")] == [
        "EUR 1,234.50",
        "EUR 1.234,50",
        "EUR 1\u202f234,50",
    ]
    assert Language("de").rate(666_664) == "66,67 %"
    assert Language("es").share(125_000) == "12,5 %"
