"""Award the wins of a batch: rows, cycles, transfers and facts. Seldom, so by the ORM."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from backoffice.core import json
from backoffice.core.fields import seal
from backoffice.core.ids import derived_id
from backoffice.events.publish import Fact, publish
from jackpots.models import PotCycle, Win
from jackpots.operations.contributing.batch import Accepted, Batch
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.randomness import commit
from jackpots.rules.settlement import Win as Won
from jackpots.wire.win_event import WinFacts, win_event


def award(batch: Batch) -> None:
    """Write the wins with their transfers, end the cycles they ended and begin the next, and publish the facts."""
    winning = [(accepted, accepted.settled.win) for accepted in batch.accepted if accepted.settled.win is not None]
    if not winning:
        return
    rows = [_row(batch, accepted, won) for accepted, won in winning]
    Win.objects.bulk_create(rows)
    postings = [
        posting for (accepted, won), row in zip(winning, rows, strict=True) for posting in _postings(accepted, won, row)
    ]
    post_transfers(postings)
    _turn_cycles(batch, winning)
    publish([_fact(batch, accepted, won, row) for (accepted, won), row in zip(winning, rows, strict=True)])


def _row(batch: Batch, accepted: Accepted, won: Won) -> Win:
    request, terms = accepted.claim.request, accepted.terms
    return Win(
        id=win_id(won.pot_id, won.cycle),
        operator_id=batch.operator_id,
        brand_id=request.brand_id,
        instance_id=accepted.instance.id,
        pot_id=UUID(won.pot_id),
        cycle=won.cycle,
        contribution_id=accepted.claim.contribution_id,
        source_id=accepted.source_id,
        player_id=request.player_id,
        player_currency=won.player_currency,
        value_micros=won.value_micros,
        pay_micros=won.payout.pay_micros,
        cost_micros=won.payout.cost_micros,
        residual_micros=won.payout.residual_micros,
        rate=terms.rate,
        multipliers={currency: f"{rate.normalize():f}" for currency, rate in _multipliers(batch, accepted).items()},
        seed_micros=won.reseed.seed_micros,
        seed_deficit_micros=won.reseed.deficit_micros,
        won_at=batch.now,
        changed_at=batch.now,
    )


def win_id(pot_id: str, cycle: int) -> UUID:
    """The id of the win that ends this cycle of the pot: there can be only one."""
    return derived_id("win", pot_id, str(cycle))


def _multipliers(batch: Batch, accepted: Accepted) -> Mapping[str, Decimal]:
    return batch.config.multipliers[accepted.claim.request.brand_id] if batch.config else {}


def _postings(accepted: Accepted, won: Won, row: Win) -> Iterator[Posting]:
    """The payment is owed; what is smaller than a coin goes to the reserve; the pot starts again."""
    pot, seed = AccountRef(AccountKind.POT, row.pot_id), AccountRef(AccountKind.SEED, row.pot_id)
    funding = AccountRef(AccountKind.HOUSE_FUNDING, None, accepted.instance.brand_id)
    reseed = won.reseed
    yield _posting(
        row, accepted, TransferKind.WIN, {pot: -row.cost_micros, AccountRef(AccountKind.PAYABLE): row.cost_micros}
    )
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


def _turn_cycles(batch: Batch, winning: list[tuple[Accepted, Won]]) -> None:
    PotCycle.objects.bulk_create(
        PotCycle(
            operator_id=batch.operator_id,
            pot_id=UUID(won.pot_id),
            cycle=won.cycle + 1,
            commitment=bytes.fromhex(commit(secret)),
            sealed_secret=seal(secret),
            started_at=batch.now,
            start_value_micros=won.reseed.seed_micros,
        )
        for (_, won), secret in zip(winning, batch.secrets, strict=True)
    )
    for _, won in winning:
        PotCycle.objects.filter(pot_id=won.pot_id, cycle=won.cycle).update(ended_at=batch.now)


def _fact(batch: Batch, accepted: Accepted, won: Won, row: Win) -> Fact:
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
        is_withheld=False,
        base_currency=batch.config.base_currency if batch.config else "",
        multipliers=_multipliers(batch, accepted),
        games=accepted.instance.games,
        metadata=accepted.claim.request.metadata,
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
