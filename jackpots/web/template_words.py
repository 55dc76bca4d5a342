"""Everything a template says, by what people call it: two of these show what a new version changes."""

from collections.abc import Iterator, Sequence

import msgspec

from backoffice.core.money import format_money, text_from_micros
from backoffice.web.objects import Change, changes
from backoffice.web.words import BLANK
from jackpots.models import LimitedShareTo, UnspentTo
from jackpots.rules.problems import Problem
from jackpots.rules.terms import AmountTerms, PotTerms, PrizeTerms, StrategyTerms, TemplateTerms
from jackpots.web.field_words import TEMPLATE_WORDS
from jackpots.web.phrases import counted, percent_of_ppm
from jackpots.web.wording import bets_text, pot_words

_POT_LABELS = {
    "drops": "drops",
    "share": "share",
    "seed_share": "part of it for seeds",
    "seed": "seed",
    "grows": "value",
    "rtp": "RTP",
    "contributions": "contributions a drop",
}


def in_order(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    """What differs, in the order in which terms are told."""
    by_name = {change.field: change for change in changes(before, after)}
    return [by_name[name] for name in dict.fromkeys([*after, *before]) if name in by_name]


def plain_terms(name: str, terms: TemplateTerms) -> dict[str, str]:
    """Field by field, in the order of the form."""
    said = {
        "name": name,
        "type": terms.jackpot_type,
        "currency": terms.currency,
        "contribution": _contribution(terms),
        "operator pays": percent_of_ppm(terms.operator_contribution_ppm),
        "house keeps": percent_of_ppm(terms.household_ppm),
        "opt-in": "required" if terms.opt_in_required else "not needed",
        "bets": bets_text(terms),
        **{f"amount in {amount.currency}": amount_text(amount) for amount in terms.amounts},
        **dict(_raffle(terms)),
        "pots": ", ".join(pot.code for pot in terms.pots),
    }
    for pot in terms.pots:
        said |= {f"{pot.code}: {label}": text for label, text in _pot(terms, pot)}
    return said | dict(_rest(terms))


def named(problems: Sequence[Problem]) -> list[Problem]:
    """The same problems, each with what people call its field: "pots.minor.share_ppm" becomes "Pot minor: share"."""
    return [msgspec.structs.replace(problem, field=_field_words(problem.field)) for problem in problems]


def _field_words(path: str) -> str:
    part, _, rest = path.partition(".")
    key, _, name = rest.partition(".")
    word = TEMPLATE_WORDS.get(part, part)
    if not key:
        return word
    return f"{word} {key}: {TEMPLATE_WORDS.get(name, name)}" if name else f"{word} {key}"


def amount_text(amount: AmountTerms) -> str:
    """`0.10, from 0.10 to 1.00` or `0.10, one of 0.10, 0.50`."""
    default = format_money(amount.default_micros, amount.currency)
    if amount.allowed_micros:
        return f"{default}, one of {', '.join(text_from_micros(micros) for micros in amount.allowed_micros)}"
    low, high = amount.minimum_micros, amount.maximum_micros
    return default if low == high else f"{default}, from {text_from_micros(low)} to {text_from_micros(high)}"


def strategy_text(one: StrategyTerms) -> str:
    """`20 % of the pot to 10 players active in the last 24 hours, equally`."""
    whom = {
        "active": f"at random who contributed in the last {counted(one.hours or 0, 'hour')}",
        "lifetime": "who contributed the most to the jackpot",
        "per_win": "who contributed the most since its last win",
    }[one.kind]
    how = "equally" if one.split == "equal" else "by what they contributed"
    return f"{percent_of_ppm(one.share_ppm)} of the pot to {counted(one.count, 'player')} {whom}, {how}"


def prize_text(prize: PrizeTerms, currency: str) -> str:
    """`3 winners of EUR 50.00`, `1 winner of 20 % of the pot`."""
    worth = format_money(prize.amount_micros, currency)
    what = worth if prize.kind == "amount" else f"{percent_of_ppm(prize.share_ppm)} of the pot"
    return f"{counted(prize.count, 'winner')} of {what}"


def _contribution(terms: TemplateTerms) -> str:
    money = format_money(terms.contribution_micros, terms.currency)
    return f"{money}, or what the player chooses" if terms.is_variable else money


def _pot(terms: TemplateTerms, pot: PotTerms) -> Iterator[tuple[str, str]]:
    words = pot_words(terms, pot)
    for name, label in _POT_LABELS.items():
        yield label, getattr(words, name)
    yield "weights", ", ".join(str(weight) for weight in pot.segments) or BLANK
    yield "ceiling", format_money(pot.ceiling_micros, terms.currency) if pot.ceiling_micros is not None else BLANK
    yield "closes after", counted(pot.max_drops, "drop") if pot.max_drops is not None else "never"
    yield "armed from outside", "possible" if pot.allows_external_trigger else "not possible"


def _raffle(terms: TemplateTerms) -> Iterator[tuple[str, str]]:
    if not terms.is_raffle:
        return
    price = format_money(terms.ticket_price_micros or 0, terms.currency)
    yield "a ticket", f"for each {price} of {(terms.ticket_metric or BLANK).replace('_', ' ')}"
    yield "a round lasts", f"{terms.duration_count or BLANK} {terms.duration_unit}".strip()
    most = terms.prizes_per_player
    yield "prizes a player may win", str(most) if most is not None else "any number"
    yield "what is left", "stays for the next round" if terms.rolls_over else "returns to the house"
    for prize in terms.prizes:
        yield f"prize {prize.rank}", prize_text(prize, terms.currency)


def _rest(terms: TemplateTerms) -> Iterator[tuple[str, str]]:
    for one in terms.strategies:
        yield f"community {one.position + 1}", strategy_text(one)
    if terms.strategies:
        yield "community money that finds nobody", str(UnspentTo(terms.community_unspent_to).label)
        yield "the winner in the community", "takes part" if terms.community_includes_winner else "does not take part"
    if any(pot.max_drops is not None for pot in terms.pots):
        yield "share of a closed pot", str(LimitedShareTo(terms.limited_share_to).label)
    held = terms.withhold_above_micros
    yield "wins are held above", format_money(held, terms.currency) if held is not None else "never"
    yield "wins are held in", ", ".join(terms.withhold_countries) or "no country"
