"""What is published of draws, for anybody who wants to recompute them; the format that static/verify takes.

No player is named: contributions and holders of tickets stand for them. While a cycle runs its commitment is all there
is; its secret, its draws and its winners are told once it has ended.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from backoffice.core.errors import Refusal
from jackpots.models import (
    Contribution,
    Credit,
    CreditKind,
    Instance,
    JackpotType,
    PotCycle,
    PotTrigger,
    RaffleRound,
    RoundState,
    Win,
)
from jackpots.queries.deadlines import epoch_ms
from jackpots.queries.draws import contributions_of_cycle, draws_of, revealed_secret, template_in_force
from jackpots.queries.rounds import ticket_ranges
from jackpots.queries.templates import published_terms
from jackpots.randomness import ALGORITHM
from jackpots.rules.drops.time import Window
from jackpots.rules.terms import PotTerms, TemplateTerms
from jackpots.rules.tickets import published_lines

FORMAT: Final = "potluck-draws-1"
Document = dict[str, Any]
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Where a part of a cycle's contributions begins: after this one."""

    at: datetime
    contribution_id: UUID


def place_text(place: Place) -> str:
    """For an address."""
    return f"{(place.at - _EPOCH) // _MICROSECOND}_{place.contribution_id}"


def place_of(text: str) -> Place:
    """From an address; Refusal(INVALID_REQUEST) for anything that is no place."""
    micros, _, contribution_id = text.partition("_")
    try:
        return Place(_EPOCH + timedelta(microseconds=int(micros)), UUID(contribution_id))
    except (ValueError, OverflowError):
        raise Refusal("INVALID_REQUEST", "This is no place in a cycle.", "after") from None


def public_instance(instance_id: UUID) -> Instance:
    """An instance of an operator that is not switched off; Refusal(NOT_FOUND) for any other."""
    rows = Instance.objects.filter(pk=instance_id, operator__is_active=True).select_related("operator", "template")
    found = rows.first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such jackpot.")
    return found


def public_cycle(instance_id: UUID, code: str, number: int) -> PotCycle:
    """A cycle of a pot that is drawn for by contributions; Refusal(NOT_FOUND) for any other."""
    instance = public_instance(instance_id)
    rows = PotCycle.objects.filter(pot__instance=instance, pot__code=code, cycle=number)
    found = rows.select_related("pot", "pot__instance").first()
    if found is None or instance.jackpot_type == JackpotType.RAFFLE:
        raise Refusal("NOT_FOUND", "There is no such cycle.")
    return found


def public_round(instance_id: UUID, number: int) -> RaffleRound:
    """A round of a raffle; Refusal(NOT_FOUND) for any other."""
    instance = public_instance(instance_id)
    rows = RaffleRound.objects.filter(instance=instance, number=number)
    found = rows.select_related("instance", "pot").first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such round.")
    return found


def cycle_document(cycle: PotCycle, *, after: Place | None, size: int) -> tuple[Document, Place | None]:
    """The cycle with `size` of its contributions in the order of time, and where the next part begins."""
    secret = revealed_secret(cycle)
    rows: list[Contribution] = []
    if secret is not None:
        found = contributions_of_cycle(cycle)
        if after is not None:
            later = Q(accepted_at__gt=after.at) | Q(accepted_at=after.at, id__gt=after.contribution_id)
            found = found.filter(later)
        rows = list(found[: size + 1])
    document = _cycle(cycle, rows[0].template_id if rows else template_in_force(cycle))
    document["contributions"] = [drawn for row in rows[:size] for drawn in _drawn(cycle, row)]
    last = rows[size - 1] if len(rows) > size else None
    return document, Place(last.accepted_at, last.pk) if last else None


def round_document(row: RaffleRound) -> Document:
    """The round: its commitment; once it is drawn its secret, the root of its tickets and who won, by ticket."""
    cycle = PotCycle.objects.get(pot_id=row.pot_id, cycle=row.number)
    secret = revealed_secret(cycle)
    terms = published_terms(row.instance.template_id)
    is_drawn = secret is not None
    return {
        **_head(cycle, row.instance, row.pot.code, "round"),
        "state": row.state,
        "starts": epoch_ms(row.starts_at),
        "ends": epoch_ms(row.ends_at),
        "late_by_ms": row.late_by_ms,
        "ticket_price_micros": terms.ticket_price_micros,
        "ticket_metric": terms.ticket_metric,
        "prizes": [_prize(prize) for prize in terms.prizes],
        "prizes_per_player": terms.prizes_per_player,
        "ticket_count": row.ticket_count,
        "root": bytes(row.root).hex() if row.root else None,
        "root_kind": row.root_kind,
        "pot_micros": row.outcome.get("pot_micros"),
        "winners": [_winner(credit) for credit in _credits(cycle, CreditKind.PRIZE)] if is_drawn else [],
    }


def ticket_lines(row: RaffleRound) -> Iterator[str]:
    """The lines whose SHA-256 is the round's root, in parts; nothing before it is frozen."""
    if row.state in (RoundState.PENDING, RoundState.ACTIVE, RoundState.CLOSING):
        return iter(())
    return published_lines(ticket_ranges(row))


def _head(cycle: PotCycle, instance: Instance, code: str, kind: str) -> Document:
    secret = revealed_secret(cycle)
    return {
        "format": FORMAT,
        "algorithm": ALGORITHM,
        "kind": kind,
        "instance_id": str(instance.pk),
        "jackpot": instance.name,
        "currency": instance.currency,
        "pot": code,
        "cycle": cycle.cycle,
        "commitment": bytes(cycle.commitment).hex(),
        "secret": secret.hex() if secret is not None else None,
        "started": epoch_ms(cycle.started_at),
        "ended": epoch_ms(cycle.ended_at) if cycle.ended_at else None,
    }


def _cycle(cycle: PotCycle, template_id: UUID) -> Document:
    pot = cycle.pot
    has_ended = cycle.ended_at is not None
    wins = Win.objects.filter(pot=pot, cycle=cycle.cycle).select_related("contribution")
    win = wins.first() if has_ended else None
    terms = published_terms(template_id)
    return {
        **_head(cycle, pot.instance, pot.code, "cycle"),
        "terms": _pot_terms(next(one for one in terms.pots if one.code == pot.code)),
        "window": _window(cycle, win),
        "winner": str(win.contribution_id) if win else None,
        "cause": win.cause if win else None,
        "value_micros": win.value_micros if win else None,
        "armed_from_outside": has_ended and PotTrigger.objects.filter(pot=pot, cycle=cycle.cycle).exists(),
        "community": _community(cycle, terms) if win else [],
    }


def _window(cycle: PotCycle, win: Win | None) -> Document | None:
    """The window of a time pot in which it was won: windows without a contribution go by within a cycle."""
    if cycle.window_starts_at is None or cycle.window_ends_at is None:
        return None
    window = Window(epoch_ms(cycle.window_starts_at), epoch_ms(cycle.window_ends_at))
    if win is not None:
        window = window.moved_on(epoch_ms(win.contribution.accepted_at))
    return {"starts": window.starts_ms, "ends": window.ends_ms}


def _pot_terms(pot: PotTerms) -> Document:
    return {
        "kind": pot.kind,
        "value_from_micros": pot.value_from_micros,
        "value_to_micros": pot.value_to_micros,
        "segments": list(pot.segments),
        "max_magic_number": pot.max_magic_number,
        "cost_per_attempt_micros": pot.cost_per_attempt_micros,
        "time_rule": pot.time_rule,
        "period_seconds": pot.period_seconds,
        "max_drops": pot.max_drops,
    }


def _drawn(cycle: PotCycle, row: Contribution) -> Iterator[Document]:
    for one in draws_of(row):
        if (one.code, one.cycle) == (cycle.pot.code, cycle.cycle):
            yield {
                "id": str(row.pk),
                "at": epoch_ms(row.accepted_at),
                "amount_micros": row.amount_micros,
                "numerator": str(one.numerator),
                "denominator": str(one.denominator),
                "number": str(one.number),
                "hit": one.is_hit,
                "armed": one.was_armed,
                "won": one.won,
            }


def _community(cycle: PotCycle, terms: TemplateTerms) -> list[Document]:
    """How each strategy chose: of how many, and which places of theirs."""
    chosen: dict[int, list[Document]] = {}
    for credit in _credits(cycle, CreditKind.COMMUNITY):
        for part in credit.detail.get("strategies", []):
            chosen.setdefault(part["position"], []).append(part)
    return [
        {
            "position": strategy.position,
            "kind": strategy.kind,
            "share_ppm": strategy.share_ppm,
            "count": strategy.count,
            "eligible": parts[0]["of"],
            "chosen": sorted(part["index"] for part in parts),
        }
        for strategy in terms.strategies
        if (parts := chosen.get(strategy.position))
    ]


def _credits(cycle: PotCycle, kind: str) -> list[Credit]:
    rows = Credit.objects.filter(operator_id=cycle.operator_id, pot_id=cycle.pot_id, cycle=cycle.cycle, kind=kind)
    return list(rows.order_by("position"))


def _prize(prize: Any) -> Document:
    return {
        "rank": prize.rank,
        "kind": prize.kind,
        "amount_micros": prize.amount_micros,
        "share_ppm": prize.share_ppm,
        "count": prize.count,
    }


def _winner(credit: Credit) -> Document:
    return {
        "rank": credit.prize_rank,
        "ticket_number": credit.ticket_number,
        "draw": credit.detail["draw"],
        "holder": credit.detail["holder"],
        "contribution_id": credit.detail["contribution_id"],
        "value_micros": credit.value_micros,
    }
