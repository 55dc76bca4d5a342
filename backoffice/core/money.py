"""Amounts of money as whole micro-units (10^-6 of a currency unit), and every rounding the product knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from moneyed import CURRENCIES

MICROS: Final = 1_000_000
LIMIT_MICROS: Final = 10**15
DECIMALS: Final = 6

# Codes of the catalogue that no player can be paid in: metals, funds, units of account, test and "no currency".
_NOT_MONEY: Final = frozenset(
    ("XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XFO", "XFU", "XPD", "XPT", "XRE", "XSU", "XTS", "XUA", "XXX")
)


_COINS: Final = {
    code: MICROS // int(currency.sub_unit) for code, currency in CURRENCIES.items() if code not in _NOT_MONEY
}


class MoneyError(ValueError):
    """An amount that cannot be kept exactly. `field` says which one, `reason` says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Payout:
    """What a pot pays. `pay_micros` is in the player's currency, the other two are in the jackpot's."""

    pay_micros: int
    cost_micros: int
    residual_micros: int


def micros_from_decimal(value: Decimal, *, field: str) -> int:
    """The amount in micro-units, exactly. MoneyError for NaN, infinity, a seventh decimal, or 10^9 units and more."""
    if not value.is_finite():
        raise MoneyError(field, "is not a finite number")
    if not value:
        return 0
    # The magnitude is looked at before any arithmetic: 1E+999999 must not become a million digits.
    magnitude = value.adjusted()
    if magnitude >= 9:
        raise MoneyError(field, "must be below 1,000,000,000")
    if magnitude >= -DECIMALS:
        over, under = value.as_integer_ratio()
        micros, lost = divmod(over * MICROS, under)
        if not lost:
            return micros
    raise MoneyError(field, "has more than 6 decimals")


def decimal_from_micros(micros: int) -> Decimal:
    """The amount as a Decimal with six places, for display and for exports."""
    return Decimal(micros).scaleb(-DECIMALS)


def text_from_micros(micros: int) -> str:
    """The shortest decimal text that is exactly the amount: "100.2175", "10", "-0.5"."""
    if micros < 0:
        return "-" + text_from_micros(-micros)
    units, rest = divmod(micros, MICROS)
    if not rest:
        return str(units)
    return f"{units}.{rest:06d}".rstrip("0")


def is_currency(code: str) -> bool:
    """Whether the code is an ISO 4217 currency that people are paid in."""
    return code in _COINS


def minor_unit_micros(currency: str) -> int:
    """How many micro-units the smallest coin has: EUR 10,000; JPY 1,000,000; BHD 1,000. MoneyError if unknown."""
    try:
        return _COINS[currency]
    except KeyError:
        raise MoneyError("currency", f"{currency[:10]!r} is not an ISO 4217 currency") from None


def floor_to_minor(micros: int, currency: str) -> int:
    """The amount without what is smaller than the smallest coin (towards minus infinity)."""
    return micros - micros % minor_unit_micros(currency)


def round_half_even_division(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator to the nearest integer, halves to the even one. The denominator is positive."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, remainder = divmod(numerator, denominator)
    twice = remainder * 2
    if twice > denominator or (twice == denominator and quotient & 1):
        return quotient + 1
    return quotient


@lru_cache(maxsize=4096)
def _rate(from_multiplier: Decimal, to_multiplier: Decimal) -> tuple[int, int]:
    for multiplier in (from_multiplier, to_multiplier):
        if not multiplier.is_finite() or multiplier <= 0 or abs(multiplier.adjusted()) > DECIMALS * 2:
            raise MoneyError("multiplier", f"{multiplier} is no exchange multiplier")
    from_over, from_under = from_multiplier.as_integer_ratio()
    to_over, to_under = to_multiplier.as_integer_ratio()
    return to_over * from_under, to_under * from_over


def convert_micros(micros: int, from_multiplier: Decimal, to_multiplier: Decimal) -> int:
    """The amount in the other currency, in micro-units: to ÷ from is one exact fraction, rounded once half-even."""
    if from_multiplier is to_multiplier:
        return micros
    over, under = _rate(from_multiplier, to_multiplier)
    return round_half_even_division(micros * over, under)


def payout(
    value_micros: int, *, jackpot_multiplier: Decimal, player_multiplier: Decimal, player_currency: str
) -> Payout:
    """What a pot of this value pays to a player of that currency, and what returns to the pot's reserve.

    The payment is floored to the player's smallest coin; `cost_micros` is the payment in the jackpot's currency,
    rounded half-even; cost and residual add up to the value to the last micro.
    """
    over, under = _rate(jackpot_multiplier, player_multiplier)
    pay = floor_to_minor(value_micros * over // under, player_currency)
    cost = round_half_even_division(pay * under, over)
    return Payout(pay, cost, value_micros - cost)


def split(amount_micros: int, weights: Sequence[int], *, unit_micros: int = 1) -> list[int]:
    """Divide an amount by weights so that the parts sum to it exactly (largest remainder, ties to the earlier part).

    Every part is a multiple of `unit_micros`, save that what the amount itself has below one unit goes to the first
    part with the largest claim. ValueError for a negative amount or weight, or for weights that sum to zero.
    """
    total = sum(weights)
    if amount_micros < 0 or total <= 0 or unit_micros <= 0 or min(weights) < 0:
        raise ValueError("an amount is split by non-negative weights with a positive sum")
    units, loose = divmod(amount_micros, unit_micros)
    parts: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        part, remainder = divmod(units * weight, total)
        parts.append(part)
        remainders.append(remainder)
    left = units - sum(parts)
    order = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
    for index in order[:left]:
        parts[index] += 1
    parts = [part * unit_micros for part in parts]
    if loose:
        parts[max(range(len(weights)), key=weights.__getitem__)] += loose
    return parts


def format_money(micros: int, currency: str) -> str:
    """For people: "EUR 1,234.56", with the currency's decimals, floored as a payout is, so never more than is paid."""
    return f"{currency} {format_micros(floor_to_minor(micros, currency), decimals=decimals_of(currency))}"


def format_micros(micros: int, *, decimals: int = 2) -> str:
    """For people: thousands separated, at least `decimals` decimals, and every further digit that is not zero."""
    sign = "-" if micros < 0 else ""
    units, rest = divmod(abs(micros), MICROS)
    digits = f"{rest:06d}".rstrip("0").ljust(decimals, "0")
    return f"{sign}{units:,}.{digits}" if digits else f"{sign}{units:,}"


def decimals_of(currency: str) -> int:
    """How many decimals the currency's smallest coin has."""
    return DECIMALS + 1 - len(str(minor_unit_micros(currency)))
