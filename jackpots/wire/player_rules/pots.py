"""What the rules say of the pots, and of a raffle's rounds."""

from collections.abc import Iterator

from jackpots.rules.play import round_seconds
from jackpots.rules.terms import PotTerms, TemplateTerms
from jackpots.wire.player_rules.language import Language


def pot_lines(terms: TemplateTerms, language: Language) -> Iterator[str]:
    """A line a pot: what makes it drop, what it starts with, how it grows, what it holds at most."""
    for pot in terms.pots:
        yield f"{pot.code}: " + " ".join(_pot(terms, pot, language))


def raffle_lines(terms: TemplateTerms, language: Language) -> Iterator[str]:
    """Tickets, rounds and prizes; nothing of a jackpot that is no raffle."""
    if not terms.is_raffle:
        return
    price = language.money(terms.ticket_price_micros or 0, terms.currency)
    yield language.say("ticket_contribution" if terms.ticket_metric == "contribution" else "ticket_wager", price=price)
    yield language.say("ticket_carry")
    yield language.say("round", period=language.period(round_seconds(terms)))
    for prize in terms.prizes:
        yield language.say(
            f"prize_{prize.kind}",
            rank=prize.rank,
            n=language.count(prize.count),
            amount=language.money(prize.amount_micros, terms.currency),
            share=language.share(prize.share_ppm),
        )
    most = terms.prizes_per_player
    yield language.say("per_player", n=most) if most is not None else language.say("per_player_any")
    for key in ("without_replacement", "no_tickets", "rolls_over" if terms.rolls_over else "returns"):
        yield language.say(key)


def _pot(terms: TemplateTerms, pot: PotTerms, language: Language) -> Iterator[str]:
    yield from _drop(terms, pot, language)
    first, later = (
        language.money(micros, terms.currency) for micros in (pot.initial_seed_micros, pot.min_reseed_micros)
    )
    yield language.say("seed", first=first) if first == later else language.say("seed_later", first=first, later=later)
    if not terms.is_zero_value:
        yield language.say("grows" if pot.is_progressive else "fixed")
    if pot.ceiling_micros is not None and pot.kind != "value":
        yield language.say("ceiling", ceiling=language.money(pot.ceiling_micros, terms.currency))
    if pot.max_drops is not None:
        yield language.say("limited", n=language.count(pot.max_drops))
        if len(terms.pots) > 1:
            yield language.say(f"limited_{terms.limited_share_to}")
    if pot.allows_external_trigger:
        yield language.say("external")


def _drop(terms: TemplateTerms, pot: PotTerms, language: Language) -> Iterator[str]:
    if pot.kind == "value":
        low, high = (
            language.money(micros or 0, terms.currency) for micros in (pot.value_from_micros, pot.value_to_micros)
        )
        yield language.say("by_value", low=low, high=high)
        if len(pot.segments) > 1:
            weights = " : ".join(str(weight) for weight in pot.segments)
            yield language.say("by_value_weights", n=len(pot.segments), weights=weights)
        else:
            yield language.say("by_value_even")
    elif pot.kind == "probability":
        odds = language.count(pot.max_magic_number or 0)
        cost = pot.cost_per_attempt_micros
        if terms.is_zero_value or not cost:
            yield language.say("by_odds_each", odds=odds)
        else:
            yield language.say("by_odds", cost=language.money(cost, terms.currency), odds=odds)
    elif pot.kind == "time":
        key = "by_time_stake" if pot.time_rule == "stake_weighted" else "by_time_first"
        yield language.say(key, period=language.period(pot.period_seconds or 0))
    else:
        yield language.say("by_tickets")
