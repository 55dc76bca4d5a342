"""The gate of an instance: contributions hold it shared, whoever changes the instance holds it alone."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connection

GATE_CLASS: Final = 0x6A70  # the first key of the pair; claims use single keys, another space


def gate_key(instance_id: UUID) -> int:
    """The second key of an instance's advisory lock. Two instances with the same one only wait for each other."""
    return int.from_bytes(instance_id.bytes[:4], "big", signed=True)


def share_gate(instance_ids: Iterable[UUID]) -> None:
    """Take the gates shared, in order, as contributions do: nobody changes the instances until the transaction ends."""
    _take("SELECT pg_advisory_xact_lock_shared(%s, %s)", instance_ids)


def hold_gate(instance_ids: Iterable[UUID]) -> None:
    """Take the gates alone, in order, until the transaction ends. Read the instance's row after this, not before."""
    _take("SELECT pg_advisory_xact_lock(%s, %s)", instance_ids)


def _take(sql: str, instance_ids: Iterable[UUID]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("A gate is held inside a transaction.")
    with connection.cursor() as cursor:
        for key in sorted({gate_key(instance_id) for instance_id in instance_ids}):
            cursor.execute(sql, [GATE_CLASS, key])
