"""Amounts in the operator's base currency, at the rate that was in force when they moved."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import msgspec

from backoffice.core.money import convert_micros

_ONE = Decimal(1)


class Rate(msgspec.Struct, frozen=True):
    """Units of `currency` for one unit of the base currency, from `since` on; of one brand, or of every brand."""

    brand_id: str | None
    currency: str
    since: datetime
    multiplier: Decimal


class RateHistory:
    """The rates of one operator. A brand's own go before the operator's."""

    def __init__(self, base_currency: str, rates: Iterable[Rate]) -> None:
        self.base_currency = base_currency
        self._rates: dict[tuple[str | None, str], list[Rate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.since):
            self._rates.setdefault((rate.brand_id, rate.currency), []).append(rate)

    @property
    def cuts(self) -> list[datetime]:
        """The instants at which some rate changed, in order: between two of them all rates stand still."""
        return sorted({rate.since for rates in self._rates.values() for rate in rates})

    def multiplier(self, brand_id: str, currency: str, at: datetime) -> Decimal | None:
        """The multiplier in force at the instant; before the first that is known, that one. None if none is known."""
        if currency == self.base_currency:
            return _ONE
        rates = self._rates.get((brand_id, currency)) or self._rates.get((None, currency))
        if not rates:
            return None
        index = bisect_right(rates, at, key=lambda rate: rate.since)
        return rates[max(0, index - 1)].multiplier

    def in_base(self, micros: int, brand_id: str, currency: str, at: datetime) -> int | None:
        """The amount in the base currency, rounded half-even to the micro; None where no rate is known."""
        multiplier = self.multiplier(brand_id, currency, at)
        return None if multiplier is None else convert_micros(micros, multiplier, _ONE)
