"""The histogram of base wagers: fixed steps in the operator's base currency, 1, 2 and 5 to the decade."""

from bisect import bisect_right

from backoffice.core.money import LIMIT_MICROS, MICROS, text_from_micros

STEPS: tuple[int, ...] = tuple(step * 10**decade for decade in range(4, 10) for step in (1, 2, 5))
"""The lower ends of the buckets after the first: 0.01, 0.02, 0.05, … 5,000 units."""

UPPER_ENDS: tuple[int, ...] = (*STEPS, LIMIT_MICROS)


def upper_end(wager_micros: int) -> int:
    """Which bucket a wager falls into: the first end that is above it."""
    return UPPER_ENDS[min(bisect_right(STEPS, wager_micros), len(STEPS))]


def label(upper_micros: int) -> str:
    """`0.5` dash `1`: from the lower end up to, not including, the upper one."""
    position = UPPER_ENDS.index(upper_micros)
    if position == 0:
        return f"under {text_from_micros(upper_micros)}"
    lower = text_from_micros(UPPER_ENDS[position - 1])
    if upper_micros == LIMIT_MICROS:
        return f"{UPPER_ENDS[position - 1] // MICROS:,} and more"
    return f"{lower} \N{EN DASH} {text_from_micros(upper_micros)}"


def between(ends: list[int]) -> list[int]:
    """Every bucket from the lowest to the highest of those given, so that a gap shows as a gap."""
    if not ends:
        return []
    first, last = UPPER_ENDS.index(min(ends)), UPPER_ENDS.index(max(ends))
    return list(UPPER_ENDS[first : last + 1])
