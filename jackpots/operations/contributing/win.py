"""Award the wins of a batch: rows, cycles, transfers and facts. Seldom, so by the ORM."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from backoffice.core import json
from backoffice.core.fields import seal
from backoffice.core.ids import derived_id
from backoffice.events.publish import Fact, publish
from jackpots.models import Credit, PotCycle, Win, WinState
from jackpots.operations.contributing.batch import Accepted, Awarded, Batch
from jackpots.operations.contributing.community_credits import community_errors, community_posting, community_rows
from jackpots.operations.contributing.win_facts import win_facts
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.queries.credits import payout_record
from jackpots.queries.deadlines import window_columns
from jackpots.randomness import commit
from jackpots.wire.win_event import WinFacts, win_event


def award(batch: Batch) -> None:
    """Write the wins with their transfers and what they owe the community, end the cycles they ended and begin the
    next, and publish the facts."""
    if not batch.wins:
        return
    rows = [_row(batch, awarded) for awarded in batch.wins]
    Win.objects.bulk_create(rows)
    credits_of = [_credits(awarded, row) for awarded, row in zip(batch.wins, rows, strict=True)]
    Credit.objects.bulk_create([credit for rows_of_win in credits_of for credit in rows_of_win])
    facts: list[Fact] = []
    postings: list[Posting] = []
    for awarded, row, shares in zip(batch.wins, rows, credits_of, strict=True):
        postings += _postings(awarded, row, shares)
        facts.append(_fact(batch, awarded, row, shares))
        facts += win_facts(row, awarded.won.code, awarded.accepted, shares)
        facts += community_errors(row, awarded.accepted, shares)
    post_transfers(postings)
    _turn_cycles(batch)
    publish(facts)


def _row(batch: Batch, awarded: Awarded) -> Win:
    accepted, won = awarded.accepted, awarded.won
    request, terms = accepted.claim.request, accepted.terms
    reason = awarded.withheld_because
    return Win(
        id=win_id(won.pot_id, won.cycle),
        operator_id=batch.operator_id,
        brand_id=request.brand_id,
        instance_id=accepted.instance.id,
        pot_id=UUID(won.pot_id),
        cycle=won.cycle,
        contribution_id=accepted.claim.contribution_id,
        cause=awarded.cause,
        source_id=accepted.source_id,
        player_id=request.player_id,
        player_currency=won.player_currency,
        value_micros=won.value_micros,
        pay_micros=won.payout.pay_micros,
        cost_micros=won.payout.cost_micros,
        residual_micros=won.residual_micros,
        community_micros=won.community.community_micros if won.community else 0,
        rate=terms.rate,
        multipliers={currency: f"{rate.normalize():f}" for currency, rate in _multipliers(batch, accepted).items()},
        seed_micros=won.reseed.seed_micros,
        seed_deficit_micros=won.reseed.deficit_micros,
        state=WinState.WITHHELD if reason else WinState.OWED,
        state_reason=reason,
        won_at=batch.now,
        changed_at=batch.now,
    )


def _credits(awarded: Awarded, row: Win) -> list[Credit]:
    community = awarded.won.community
    return community_rows(row, awarded.accepted, community) if community else []


def win_id(pot_id: str, cycle: int) -> UUID:
    """The id of the win that ends this cycle of the pot: there can be only one."""
    return derived_id("win", pot_id, str(cycle))


def _multipliers(batch: Batch, accepted: Accepted) -> Mapping[str, Decimal]:
    return batch.config.multipliers[accepted.claim.request.brand_id] if batch.config else {}


def _postings(awarded: Awarded, row: Win, shares: list[Credit]) -> Iterator[Posting]:
    """The payment is owed or withheld, and the community's part with it; what is smaller than a coin goes to the
    reserve; the pot starts again."""
    accepted, won = awarded.accepted, awarded.won
    pot, seed = AccountRef(AccountKind.POT, row.pot_id), AccountRef(AccountKind.SEED, row.pot_id)
    funding = AccountRef(AccountKind.HOUSE_FUNDING, None, accepted.instance.brand_id)
    reseed = won.reseed
    owed = AccountRef(AccountKind.WITHHELD if row.state == WinState.WITHHELD else AccountKind.PAYABLE)
    yield _posting(row, accepted, TransferKind.WIN, {pot: -row.cost_micros, owed: row.cost_micros})
    if shares:
        yield community_posting(row, accepted, shares)
    yield _posting(row, accepted, TransferKind.ROUNDING, {pot: -row.residual_micros, seed: row.residual_micros})
    lines = {
        seed: -reseed.from_reserve_micros,
        AccountRef(AccountKind.BOOST, row.pot_id): -reseed.from_boost_micros,
        funding: -reseed.deficit_micros,
        pot: reseed.seed_micros,
    }
    yield _posting(row, accepted, TransferKind.RESEED, lines)


def _posting(row: Win, accepted: Accepted, kind: TransferKind, lines: Mapping[AccountRef, int]) -> Posting:
    return Posting(
        id=transfer_id(kind, str(row.pk)),
        operator_id=row.operator_id,
        instance_id=row.instance_id,
        kind=kind,
        currency=accepted.instance.currency,
        occurred_at=row.won_at,
        lines=lines,
        subject_id=row.pk,
    )


def _turn_cycles(batch: Batch) -> None:
    windows = {pot.state.pot_id: pot.state.window for pots in batch.pots.values() for pot in pots}
    PotCycle.objects.bulk_create(
        PotCycle(
            operator_id=batch.operator_id,
            pot_id=UUID(awarded.won.pot_id),
            cycle=awarded.won.cycle + 1,
            commitment=bytes.fromhex(commit(awarded.secret)),
            sealed_secret=seal(awarded.secret),
            started_at=batch.now,
            start_value_micros=awarded.won.reseed.seed_micros,
            **window_columns(windows[awarded.won.pot_id]),
        )
        for awarded in batch.wins
    )
    for awarded in batch.wins:
        PotCycle.objects.filter(pot_id=awarded.won.pot_id, cycle=awarded.won.cycle).update(ended_at=batch.now)


def _fact(batch: Batch, awarded: Awarded, row: Win, shares: list[Credit]) -> Fact:
    accepted, won = awarded.accepted, awarded.won
    facts = WinFacts(
        brand_id=row.brand_id,
        player_id=row.player_id,
        source_id=row.source_id,
        instance_id=str(row.instance_id),
        jackpot_name=accepted.instance.name,
        jackpot_currency=accepted.instance.currency,
        won_at=row.won_at,
        pot_id=won.code,
        value_micros=row.value_micros,
        seed_micros=row.seed_micros,
        seed_deficit_micros=row.seed_deficit_micros,
        is_withheld=row.state == WinState.WITHHELD,
        base_currency=batch.config.base_currency if batch.config else "",
        multipliers=_multipliers(batch, accepted),
        games=accepted.instance.games,
        metadata=accepted.claim.request.metadata,
        community_winners=tuple(payout_record(one) for one in shares) if won.community else None,
    )
    return Fact(
        event_id=derived_id("JackpotWinEvent", str(row.pk)),
        kind="JackpotWinEvent",
        operator_id=row.operator_id,
        brand_id=row.brand_id,
        object_id=str(row.pk),
        payload=json.encode(win_event(facts)),
        occurred_at=row.won_at,
    )
