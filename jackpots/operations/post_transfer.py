"""The only writer of the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import psycopg
from django.db import connection, transaction

from backoffice.core.ids import derived_id
from jackpots.models.ledger import AccountKind, TransferKind
from jackpots.queries.ledger import AccountRef

__all__ = ["AccountKind", "AccountRef", "Posting", "TransferKind", "post_transfers", "transfer_id"]

_KEEP = 50_000
_account_ids: dict[tuple[UUID, AccountRef], int] = {}

_FIND = """
SELECT a.id, a.instance_id, a.kind, a.pot_id, a.brand_id
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[]) AS w (instance_id, kind, pot_id, brand_id)
JOIN jackpots_account a ON a.instance_id = w.instance_id AND a.kind = w.kind
 AND a.pot_id IS NOT DISTINCT FROM w.pot_id AND a.brand_id IS NOT DISTINCT FROM w.brand_id
"""
_MAKE = """
INSERT INTO jackpots_account (operator_id, instance_id, kind, pot_id, brand_id, currency)
SELECT * FROM unnest(%s::text[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING
"""
_POST = """
WITH posted AS (
    INSERT INTO jackpots_transfer
        (id, operator_id, instance_id, kind, currency, reason, subject_id, line_count, occurred_at)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[],
                         %s::int[], %s::timestamptz[])
)
INSERT INTO jackpots_line (month, operator_id, transfer_id, account_id, amount_micros, occurred_at)
SELECT * FROM unnest(%s::date[], %s::text[], %s::uuid[], %s::bigint[], %s::bigint[], %s::timestamptz[])
"""


@dataclass(frozen=True, slots=True)
class Posting:
    """A transfer to write. `lines` holds micro-units by account, positive in and negative out, and sums to zero.

    `id` is derived from the business key (`transfer_id`), so that the same act can never be posted twice.
    """

    id: UUID
    operator_id: str
    instance_id: UUID
    kind: str
    currency: str
    occurred_at: datetime
    lines: Mapping[AccountRef, int]
    reason: str = ""
    subject_id: UUID | None = None


def transfer_id(kind: str, *key: str) -> UUID:
    """The id of the transfer of this kind for this business key."""
    return derived_id("transfer", kind, *key)


def post_transfers(postings: Sequence[Posting]) -> None:
    """Write transfers with their lines in the caller's transaction; lines of nothing are left out.

    ValueError for one that does not balance. IntegrityError for one that was posted before.
    """
    kept = [(posting, _lines(posting)) for posting in postings]
    kept = [(posting, lines) for posting, lines in kept if lines]
    if not kept:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("A transfer is posted in the transaction of its cause.")
    account_ids = _accounts(kept)
    transfers = [
        (p.id, p.operator_id, p.instance_id, p.kind, p.currency, p.reason, p.subject_id, len(lines), p.occurred_at)
        for p, lines in kept
    ]
    rows = [
        (_month(p.occurred_at), p.operator_id, p.id, account_ids[p.instance_id, ref], amount, p.occurred_at)
        for p, lines in kept
        for ref, amount in lines
    ]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_POST, [*_columns(transfers), *_columns(rows)], prepare=True)


def _lines(posting: Posting) -> list[tuple[AccountRef, int]]:
    lines = [(ref, amount) for ref, amount in posting.lines.items() if amount]
    if sum(amount for _, amount in lines):
        raise ValueError(f"a {posting.kind} transfer does not balance: {lines}")
    return lines


def _month(instant: datetime) -> date:
    # Occurrences are in UTC throughout (backoffice.core.clock), as the months of the ledger are.
    return date(instant.year, instant.month, 1)


def _columns(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _accounts(kept: Sequence[tuple[Posting, list[tuple[AccountRef, int]]]]) -> dict[tuple[UUID, AccountRef], int]:
    wanted = {(posting.instance_id, ref): posting for posting, lines in kept for ref, _ in lines}
    known = {key: _account_ids[key] for key in wanted if key in _account_ids}
    missing = [key for key in wanted if key not in known]
    if missing:
        found = _find(missing)
        unmade = [key for key in missing if key not in found]
        if unmade:
            _make({key: wanted[key] for key in unmade})
            found |= _find(unmade)
        transaction.on_commit(lambda: _remember(found))
        known |= found
    return known


def _find(keys: Sequence[tuple[UUID, AccountRef]]) -> dict[tuple[UUID, AccountRef], int]:
    columns = _columns((instance_id, ref.kind, ref.pot_id, ref.brand_id) for instance_id, ref in keys)
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        rows = cursor.execute(_FIND, columns).fetchall()
    return {(instance_id, AccountRef(kind, pot, brand)): key for key, instance_id, kind, pot, brand in rows}


def _make(wanted: Mapping[tuple[UUID, AccountRef], Posting]) -> None:
    columns = _columns(
        (posting.operator_id, instance_id, ref.kind, ref.pot_id, ref.brand_id, posting.currency)
        for (instance_id, ref), posting in wanted.items()
    )
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_MAKE, columns)


def _remember(found: Mapping[tuple[UUID, AccountRef], int]) -> None:
    # Only what is committed is kept: an id from a transaction that was rolled back would be nobody's.
    if len(_account_ids) > _KEEP:
        _account_ids.clear()
    _account_ids.update(found)
