"""Whose rows an invariant is violated by."""

import re
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connection

from backoffice.core.invariants import Violation

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_OWNERS: Final = """
SELECT id, operator_id FROM jackpots_instance WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, operator_id FROM jackpots_pot WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, operator_id FROM jackpots_transfer WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, operator_id FROM jackpots_win WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, operator_id FROM jackpots_credit WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, operator_id FROM jackpots_raffleround WHERE id = ANY(%(ids)s)
UNION ALL SELECT id, operator_id FROM jackpots_contribution WHERE id = ANY(%(ids)s)
"""


def by_operator(found: Iterable[Violation]) -> dict[str | None, list[Violation]]:
    """The violations by the operator that a key or a detail leads to; None for those that lead to nobody."""
    named = {
        violation: [UUID(text) for text in _ID.findall(f"{violation.key} {violation.detail}")] for violation in found
    }
    ids = sorted({key for keys in named.values() for key in keys})
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, {"ids": ids})
        owners: dict[UUID, str] = dict(cursor.fetchall())
    sorted_out: dict[str | None, list[Violation]] = {}
    for violation, keys in named.items():
        operator_id = next((owners[key] for key in keys if key in owners), None)
        sorted_out.setdefault(operator_id, []).append(violation)
    return sorted_out
