"""What a batch moves in the ledger: one transfer for each instance, and what went over a ceiling."""

from collections.abc import Iterator
from uuid import UUID

from jackpots.operations.contributing.batch import Accepted, Batch, LockedPot
from jackpots.operations.post_transfer import AccountKind, AccountRef, Posting, TransferKind, transfer_id


def contribution_ids(batch: Batch) -> dict[str, UUID]:
    """By instance, the id of its transfer; none where nothing but attempts without money was made."""
    return {
        key: transfer_id(TransferKind.CONTRIBUTIONS, accepted[0].claim.key)
        for key, accepted in batch.by_instance().items()
        if any(one.terms.amount_micros for one in accepted)
    }


def contribution_transfers(batch: Batch) -> Iterator[Posting]:
    """One for each of those ids, its lines summed by account and brand."""
    ids = contribution_ids(batch)
    for key, accepted in batch.by_instance().items():
        if key in ids:
            instance = accepted[0].instance
            yield Posting(
                id=ids[key],
                operator_id=batch.operator_id,
                instance_id=instance.id,
                kind=TransferKind.CONTRIBUTIONS,
                currency=instance.currency,
                occurred_at=batch.now,
                lines=_lines(accepted, batch.pots[key]),
            )


def _lines(accepted: list[Accepted], pots: list[LockedPot]) -> dict[AccountRef, int]:
    funded: dict[str, int] = {}
    household = 0
    for one in accepted:
        brand_id = one.claim.request.brand_id
        funded[brand_id] = funded.get(brand_id, 0) + one.terms.amount_micros
        household += one.settled.household_micros
    by_pot = list(zip(*[one.settled.lines for one in accepted], strict=True))
    grown = [sum([line.to_pot_micros for line in of_pot]) for of_pot in by_pot]
    put_by = [sum([line.to_reserve_micros for line in of_pot]) for of_pot in by_pot]
    lines = {AccountRef(AccountKind.HOUSE_FUNDING, None, brand_id): -amount for brand_id, amount in funded.items()}
    lines[AccountRef(AccountKind.HOUSE)] = household
    for pot, to_pot, to_reserve in zip(pots, grown, put_by, strict=True):
        lines[AccountRef(AccountKind.POT, pot.id)] = to_pot
        lines[AccountRef(AccountKind.SEED, pot.id)] = to_reserve
    return lines


def excess_transfers(batch: Batch) -> Iterator[Posting]:
    """From each pot that stood at its ceiling to its reserve."""
    for accepted in batch.accepted:
        for pot, line in zip(batch.pots[accepted.instance.key], accepted.settled.lines, strict=True):
            if line.excess_micros:
                yield _excess(batch, accepted, pot, line.excess_micros)


def _excess(batch: Batch, accepted: Accepted, pot: LockedPot, excess_micros: int) -> Posting:
    return Posting(
        id=transfer_id(TransferKind.EXCESS, accepted.claim.key, str(pot.id)),
        operator_id=batch.operator_id,
        instance_id=accepted.instance.id,
        kind=TransferKind.EXCESS,
        currency=accepted.instance.currency,
        occurred_at=batch.now,
        lines={
            AccountRef(AccountKind.POT, pot.id): -excess_micros,
            AccountRef(AccountKind.SEED, pot.id): excess_micros,
        },
        subject_id=accepted.claim.contribution_id,
    )
