"""Which failures of the database pass by themselves."""

from typing import Final

# Serialization failure, deadlock, lock not available; a prepared statement that the driver let go of.
_AGAIN: Final = frozenset(("40001", "40P01", "55P03", "26000"))


def passes_by_itself(error: Exception) -> bool:
    """Whether the same transaction, tried again, may well succeed."""
    return getattr(error.__cause__, "sqlstate", None) in _AGAIN
