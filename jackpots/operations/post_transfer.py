"""The only writer of the ledger."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import psycopg
from django.db import connection, transaction

from backoffice.core.ids import derived_id
from backoffice.core.statements import Call, Statement, send
from jackpots.models.ledger import AccountKind, TransferKind
from jackpots.queries.arrays import array, text_array
from jackpots.queries.ledger import AccountRef

__all__ = ["AccountKind", "AccountRef", "Posting", "TransferKind", "post_transfers", "transfer_id"]

Key = tuple[UUID, AccountRef]

_KEEP = 50_000
_account_ids: dict[Key, int] = {}

_FIND = """
SELECT a.id, a.instance_id, a.kind, a.pot_id, a.brand_id
FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::uuid[], %s::text::text[])
     AS w (instance_id, kind, pot_id, brand_id)
JOIN jackpots_account a ON a.instance_id = w.instance_id AND a.kind = w.kind
 AND a.pot_id IS NOT DISTINCT FROM w.pot_id AND a.brand_id IS NOT DISTINCT FROM w.brand_id
"""
_MAKE = """
INSERT INTO jackpots_account (operator_id, instance_id, kind, pot_id, brand_id, currency)
SELECT * FROM unnest(%s::text::text[], %s::text::uuid[], %s::text::text[], %s::text::uuid[], %s::text::text[],
                     %s::text::text[])
ON CONFLICT DO NOTHING
"""
_POST = Statement("""
WITH posted AS (
    INSERT INTO jackpots_transfer
        (id, operator_id, instance_id, kind, currency, reason, subject_id, line_count, occurred_at)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::int[],
                         %s::timestamptz[])
)
INSERT INTO jackpots_line (month, operator_id, transfer_id, account_id, amount_micros, occurred_at)
SELECT * FROM unnest(%s::date[], %s::text[], %s::uuid[], %s::bigint[], %s::bigint[], %s::timestamptz[])
""")


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


Kept = tuple[Posting, list[tuple[AccountRef, int]]]


def transfer_id(kind: str, *key: str) -> UUID:
    """The id of the transfer of this kind for this business key."""
    return derived_id("transfer", kind, *key)


def post_transfers(postings: Sequence[Posting]) -> None:
    """Write transfers with their lines in the caller's transaction; lines of nothing are left out.

    ValueError for one that does not balance. IntegrityError for one that was posted before.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A transfer is posted in the transaction of its cause.")
    send(posting_calls(postings))


def posting_calls(postings: Sequence[Posting], *, before_reading: Callable[[], None] | None = None) -> list[Call]:
    """What post_transfers sends, for who sends something else with it. `before_reading` is called where an account has
    to be looked for."""
    kept = [(posting, _lines(posting)) for posting in postings]
    kept = [(posting, lines) for posting, lines in kept if lines]
    return [(_POST, [*_transfers(kept), *_rows(kept, _accounts(kept, before_reading))])] if kept else []


def _transfers(kept: Sequence[Kept]) -> list[str]:
    return [
        array([posting.id for posting, _ in kept]),
        text_array([posting.operator_id for posting, _ in kept]),
        array([posting.instance_id for posting, _ in kept]),
        text_array([str(posting.kind) for posting, _ in kept]),
        text_array([posting.currency for posting, _ in kept]),
        text_array([posting.reason for posting, _ in kept]),
        array([posting.subject_id for posting, _ in kept]),
        array([len(lines) for _, lines in kept]),
        text_array([posting.occurred_at.isoformat() for posting, _ in kept]),
    ]


def _rows(kept: Sequence[Kept], account_ids: Mapping[Key, int]) -> list[str]:
    months, operators, transfers, instants = [], [], [], []
    for posting, lines in kept:
        count = len(lines)
        months += [_month(posting.occurred_at)] * count
        operators += [posting.operator_id] * count
        transfers += [str(posting.id)] * count
        instants += [posting.occurred_at.isoformat()] * count
    return [
        array(months),
        text_array(operators),
        array(transfers),
        array([account_ids[posting.instance_id, ref] for posting, lines in kept for ref, _ in lines]),
        array([amount for _, lines in kept for _, amount in lines]),
        text_array(instants),
    ]


def _lines(posting: Posting) -> list[tuple[AccountRef, int]]:
    lines = [(ref, amount) for ref, amount in posting.lines.items() if amount]
    if sum(amount for _, amount in lines):
        raise ValueError(f"a {posting.kind} transfer does not balance: {lines}")
    return lines


def _month(instant: datetime) -> date:
    # Occurrences are in UTC throughout (backoffice.core.clock), as the months of the ledger are.
    return date(instant.year, instant.month, 1)


def _accounts(kept: Sequence[Kept], before_reading: Callable[[], None] | None) -> dict[Key, int]:
    wanted = {(posting.instance_id, ref): posting for posting, lines in kept for ref, _ in lines}
    known = {key: _account_ids[key] for key in wanted if key in _account_ids}
    missing = [key for key in wanted if key not in known]
    if missing:
        if before_reading is not None:
            before_reading()
        found = _find(missing)
        unmade = [key for key in missing if key not in found]
        if unmade:
            _make({key: wanted[key] for key in unmade})
            found |= _find(unmade)
        transaction.on_commit(lambda: _remember(found))
        known |= found
    return known


def _find(keys: Sequence[Key]) -> dict[Key, int]:
    columns = [
        array([instance_id for instance_id, _ in keys]),
        text_array([ref.kind for _, ref in keys]),
        array([ref.pot_id for _, ref in keys]),
        text_array([ref.brand_id for _, ref in keys]),
    ]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        rows = cursor.execute(_FIND, columns).fetchall()
    return {(instance_id, AccountRef(kind, pot, brand)): key for key, instance_id, kind, pot, brand in rows}


def _make(wanted: Mapping[Key, Posting]) -> None:
    columns = [
        text_array([posting.operator_id for posting in wanted.values()]),
        array([instance_id for instance_id, _ in wanted]),
        text_array([ref.kind for _, ref in wanted]),
        array([ref.pot_id for _, ref in wanted]),
        text_array([ref.brand_id for _, ref in wanted]),
        text_array([posting.currency for posting in wanted.values()]),
    ]
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(_MAKE, columns)


def _remember(found: Mapping[Key, int]) -> None:
    # Only what is committed is kept: an id from a transaction that was rolled back would be nobody's.
    if len(_account_ids) > _KEEP:
        _account_ids.clear()
    _account_ids.update(found)
