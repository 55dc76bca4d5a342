"""The rules of one jackpot, made from its template, so that they cannot say anything else than what holds."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec

from backoffice.core.money import text_from_micros
from jackpots.rules.recurrence import Daily, Hours, Rule, Weekly, clock_text
from jackpots.rules.terms import PPM, StrategyTerms, TemplateTerms
from jackpots.wire.player_rules.language import Language
from jackpots.wire.player_rules.pots import pot_lines, raffle_lines


class Commitment(msgspec.Struct, frozen=True):
    """The fingerprint of the secret of a pot's running cycle, in hexadecimal digits."""

    pot: str
    cycle: int
    digest: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules are made from; `figures` are the formulas of the version's simulation."""

    name: str
    version: int
    since: datetime | None
    state: str = "Active"
    terms: TemplateTerms
    figures: Mapping[str, Any]
    brands: tuple[str, ...] = ()
    allowed_countries: tuple[str, ...] = ()
    blocked_countries: tuple[str, ...] = ()
    games: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    schedule: tuple[Rule, ...] = ()
    commitments: tuple[Commitment, ...] = ()


class Section(msgspec.Struct, frozen=True):
    """A heading and its sentences; `key` is the same in every language."""

    key: str
    title: str
    lines: list[str]


def sections(facts: Facts, language: Language) -> list[Section]:
    """All that a player is to know, in the order in which it is asked."""
    parts = {
        "part": _part(facts, language),
        "when": _when(facts, language),
        "funding": _funding(facts.terms, language),
        "pots": pot_lines(facts.terms, language),
        "raffle": raffle_lines(facts.terms, language),
        "rtp": _returns(facts, language),
        "several": _several(facts.terms, language),
        "community": _community(facts.terms, language),
        "paying": _paying(facts.terms, language),
        "proof": _proof(facts, language),
    }
    made = {key: list(lines) for key, lines in parts.items()}
    return [Section(key, language.say(key), lines) for key, lines in made.items() if lines]


def _part(facts: Facts, language: Language) -> Iterator[str]:
    terms = facts.terms
    yield language.say("part_opt_in" if terms.opt_in_required else "part_all")
    low, high = terms.minimum_base_wager_micros, terms.maximum_base_wager_micros
    bounds = {
        name: language.money(micros, terms.currency)
        for name, micros in (("low", low), ("high", high))
        if micros is not None
    }
    key = {(False, False): "bets_all", (True, False): "bets_from", (False, True): "bets_to"}
    yield language.say(key.get((low is not None, high is not None), "bets_between"), **bounds)
    for name, values in (
        ("brands", facts.brands),
        ("countries_allowed", facts.allowed_countries),
        ("countries_blocked", facts.blocked_countries),
        ("games", facts.games),
    ):
        if values:
            yield language.say(name, **{name.partition("_")[0]: ", ".join(values)})


def _when(facts: Facts, language: Language) -> Iterator[str]:
    if facts.state in _STATES:
        yield language.say(_STATES[facts.state])
    if facts.starts_at is not None:
        yield language.say("starts", date=language.moment(facts.starts_at))
    if facts.ends_at is not None:
        yield language.say("ends", date=language.moment(facts.ends_at))
    if not facts.schedule and facts.starts_at is None and facts.ends_at is None:
        yield language.say("always")
    has_daily = any(isinstance(rule, Daily) for rule in facts.schedule)
    for rule in facts.schedule:
        yield _daily(rule, language) if isinstance(rule, Daily) else _weekly(rule, language, has_daily=has_daily)


_STATES = {
    "Pending": "state_pending",
    "Paused": "state_paused",
    "Terminated": "state_over",
    "Ended": "state_over",
}


def _daily(rule: Daily, language: Language) -> str:
    hours = _hours(rule.hours)
    return (
        language.say("daily", hours=hours)
        if rule.interval == 1
        else language.say("daily_n", hours=hours, n=rule.interval)
    )


def _weekly(rule: Weekly, language: Language, *, has_daily: bool) -> str:
    usual = "usual_hours" if has_daily else "all_day"
    days = [
        language.say(usual, day=language.weekday(day.weekday))
        if day.hours is None
        else language.say("own_hours", day=language.weekday(day.weekday), hours=_hours(day.hours))
        for day in rule.days
    ]
    said = "; ".join(days)
    return (
        language.say("weekly", days=said)
        if rule.interval == 1
        else language.say("weekly_n", days=said, n=rule.interval)
    )


def _hours(several: tuple[Hours, ...]) -> str:
    return ", ".join(f"{clock_text(one.from_second)}\N{EN DASH}{clock_text(one.to_second)}" for one in several)


def _funding(terms: TemplateTerms, language: Language) -> Iterator[str]:
    if terms.is_zero_value:
        yield language.say("contribution_none")
        return
    amount = language.money(terms.contribution_micros, terms.currency)
    yield language.say("contribution_choice" if terms.is_variable else "contribution", amount=amount)
    for one in terms.amounts:
        default = language.money(one.default_micros, one.currency)
        if terms.is_variable and one.allowed_micros:
            values = ", ".join(text_from_micros(micros) for micros in one.allowed_micros)
            yield language.say("amount_among", currency=one.currency, amount=default, values=values)
        elif terms.is_variable:
            low, high = (language.money(micros, one.currency) for micros in (one.minimum_micros, one.maximum_micros))
            yield language.say("amount_between", currency=one.currency, amount=default, low=low, high=high)
        else:
            yield language.say("amount_fixed", currency=one.currency, amount=default)
    yield language.say("amount_converted")
    paid = terms.operator_contribution_ppm
    key = "paid_operator" if paid == PPM else "paid_player" if not paid else "paid_both"
    yield language.say(key, share=language.share(paid))
    for pot in terms.pots:
        share, part = language.share(pot.share_ppm), language.share(pot.seed_share_ppm)
        key = "share_pot_seed" if pot.seed_share_ppm and pot.is_progressive else "share_pot"
        yield language.say(key, share=share, pot=pot.code, part=part)
    if terms.household_ppm:
        yield language.say("share_house", share=language.share(terms.household_ppm))


def _returns(facts: Facts, language: Language) -> Iterator[str]:
    if facts.terms.is_zero_value or not facts.figures:
        return
    for pot in facts.figures["pots"]:
        if pot["rtp_ppm"] is not None:
            said = language.say("rtp_pot", pot=pot["code"], rate=language.rate(pot["rtp_ppm"]))
            if pot["contributions"]:
                said += " " + language.say("rtp_often", n=language.count(pot["contributions"]))
            yield said
    total = facts.figures["rtp_ppm"]
    yield language.say("rtp_total", rate=language.rate(total)) if total is not None else language.say("rtp_unknown")
    yield language.say("rtp_note")


def _several(terms: TemplateTerms, language: Language) -> Iterator[str]:
    if terms.is_raffle:
        return
    if len(terms.pots) > 1:
        yield language.say("several_pots")
    yield language.say("several_players")


def _community(terms: TemplateTerms, language: Language) -> Iterator[str]:
    if not terms.strategies:
        return
    winner = PPM - sum(one.share_ppm for one in terms.strategies)
    yield language.say("community_winner", share=language.share(winner))
    for one in terms.strategies:
        yield _strategy(one, language)
    yield language.say("community_included" if terms.community_includes_winner else "community_excluded")
    yield language.say(f"unspent_{terms.community_unspent_to}")


def _strategy(one: StrategyTerms, language: Language) -> str:
    share, number = language.share(one.share_ppm), language.count(one.count)
    whom = language.say(f"strategy_{one.kind}", share=share, n=number, hours=one.hours)
    return f"{whom} {language.say(f'split_{one.split}')}"


def _paying(terms: TemplateTerms, language: Language) -> Iterator[str]:
    yield language.say("paid_currency")
    if terms.withhold_above_micros is not None:
        yield language.say("held_above", amount=language.money(terms.withhold_above_micros, terms.currency))
    if terms.withhold_countries:
        yield language.say("held_countries", countries=", ".join(terms.withhold_countries))


def _proof(facts: Facts, language: Language) -> Iterator[str]:
    yield language.say("proof_commit")
    yield language.say("proof_reveal")
    if facts.terms.is_raffle:
        yield language.say("proof_raffle")
