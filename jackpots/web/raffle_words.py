"""Raffles in words: what a ticket costs, what can be won, when it is drawn."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.core.money import format_money
from backoffice.web import render
from jackpots.models import Instance, RaffleRound, RoundState
from jackpots.queries.instances import schedule_of
from jackpots.rules.terms import PrizeTerms, TemplateTerms
from jackpots.web.schedule_words import rule_words

_METRICS = {"contribution": "contributions", "base_wager": "bets"}


def price_text(terms: TemplateTerms) -> str:
    """`One ticket for EUR 2.00 of bets`."""
    if terms.ticket_price_micros is None:
        return ""
    price = format_money(terms.ticket_price_micros, terms.currency)
    return f"One ticket for {price} of {_METRICS.get(terms.ticket_metric, 'contributions')}"


def length_text(terms: TemplateTerms) -> str:
    """`24 days`, `1 hour`."""
    count, unit = terms.duration_count or 0, terms.duration_unit
    return f"{count} {unit.removesuffix('s') if count == 1 else unit}"


def prize_text(prize: PrizeTerms, currency: str) -> str:
    """`1st: 50 % of the pot`, `2nd: EUR 5.00 to each of 10`."""
    worth = format_money(prize.amount_micros, currency)
    if prize.kind == "share":
        worth = f"{prize.share_ppm / 10_000:g} % of the pot"
    each = f" to each of {prize.count:,}" if prize.count > 1 else ""
    return f"{_ordinal(prize.rank)}: {worth}{each}"


def limit_text(terms: TemplateTerms) -> str:
    """How many prizes one player may win."""
    if terms.prizes_per_player is None:
        return "A player may win any number of prizes."
    if terms.prizes_per_player == 1:
        return "A player wins one prize of a round."
    return f"A player wins at most {terms.prizes_per_player} prizes of a round."


def rounds_text(instance: Instance) -> list[str]:
    """When it takes contributions, a sentence each."""
    said = rule_words(schedule_of(instance).rules)
    return said or ["At all hours."]


def details(instance: Instance, terms: TemplateTerms) -> SafeString:
    """The prizes and the schedule of a raffle, folded (OFF-15)."""
    prizes = [(prize_text(prize, terms.currency),) for prize in terms.prizes]
    total = sum(prize.count for prize in terms.prizes)
    summary = f"{total:,} {'prize' if total == 1 else 'prizes'}, every {length_text(terms)}"
    return format_html(
        "<details><summary>{}</summary><ul>{}</ul><p>{}<br>{}.</p><p>{}<br>Starts: {}<br>Ends: {}</p></details>",
        summary,
        format_html_join("", "<li>{}</li>", prizes),
        limit_text(terms),
        price_text(terms),
        " ".join(rounds_text(instance)),
        _when(instance, "starts_at"),
        _when(instance, "ends_at"),
    )


def _when(instance: Instance, name: str) -> SafeString | str:
    at = getattr(instance, name)
    return render.when_exactly(at) if at else "never"


def current_round(rounds: Sequence[RaffleRound]) -> RaffleRound | None:
    """The round that runs, else the one to come, else the last."""
    by_number = sorted(rounds, key=lambda row: row.number)
    unfinished = [row for row in by_number if row.state in (RoundState.PENDING, RoundState.ACTIVE)]
    return unfinished[0] if unfinished else by_number[-1] if by_number else None


def _ordinal(number: int) -> str:
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"
