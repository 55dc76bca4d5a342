"""What a player who is credited a part of a pot is paid in the currency they play in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from backoffice.core.money import MoneyError, Payout, payout

_PLACES: Final = Decimal(1).scaleb(-15)
_HIGHEST: Final = Decimal(1).scaleb(12)


class Credited(NamedTuple):
    """The payment and the rate it was converted by, units of the player's currency for one of the jackpot's."""

    payout: Payout
    rate: Decimal


def credited(
    value_micros: int, multipliers: Mapping[str, Decimal], *, jackpot_currency: str, player_currency: str
) -> Credited | None:
    """The part in the player's currency; None where there is no rate for it. `multipliers` are of the player's brand.

    In the jackpot's own currency the rate is 1, whether it has a multiplier or not.
    """
    of_jackpot = multipliers.get(jackpot_currency)
    of_player = multipliers.get(player_currency)
    if jackpot_currency == player_currency:
        of_jackpot = of_player = Decimal(1)
    if of_jackpot is None or of_player is None:
        return None
    rate = of_player / of_jackpot
    if not _PLACES <= rate < _HIGHEST:
        return None
    try:
        paid = payout(
            value_micros,
            jackpot_multiplier=of_jackpot,
            player_multiplier=of_player,
            player_currency=player_currency,
        )
    except MoneyError:
        return None
    return Credited(paid, rate.quantize(_PLACES))
