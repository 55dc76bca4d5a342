"""Bets that the demo's players make: for its history, and for its live traffic."""

from backoffice.demo.definitions import (
    COUNTRY_OF_PLAYER,
    CURRENCY_OF_PLAYER,
    JACKPOTS,
    MULTIPLIERS,
    PLAYERS,
    JackpotDefinition,
    brand_of_player,
    player,
)
from backoffice.demo.dice import Dice
from jackpots.rules.contribution import ContributionRequest

CENT = 10_000
WHOLE = {"JPY", "SEK"}


def jackpots_of(operator_id: str) -> list[JackpotDefinition]:
    """The jackpots that bets of the operator go to."""
    return [jackpot for jackpot in JACKPOTS if jackpot.operator_id == operator_id]


def bet(operator_id: str, dice: Dice, gameround_id: str) -> ContributionRequest:
    """A bet of some player at some jackpot, in the player's currency."""
    jackpots = jackpots_of(operator_id)
    jackpot = dice.weighted(jackpots, [one.weight for one in jackpots])
    return bet_at(jackpot, dice, gameround_id)


def bet_at(jackpot: JackpotDefinition, dice: Dice, gameround_id: str) -> ContributionRequest:
    """A bet of some player at this jackpot."""
    operator_id = jackpot.operator_id
    # The square keeps a few players far ahead of the rest, as real players are.
    number = 1 + dice.below(PLAYERS) * dice.below(PLAYERS) // PLAYERS
    currency = CURRENCY_OF_PLAYER[number % len(CURRENCY_OF_PLAYER)]
    return ContributionRequest(
        operator_id=operator_id,
        brand_id=brand_of_player(operator_id, number),
        player_id=player(number),
        player_country=COUNTRY_OF_PLAYER[number % len(COUNTRY_OF_PLAYER)],
        target_type="source",
        target_id=jackpot.source_id,
        gameround_id=gameround_id,
        currency=currency,
        base_wager_micros=_in_currency(dice.pick(jackpot.base_wagers_micros), currency),
    )


def _in_currency(base_micros: int, currency: str) -> int:
    """About the same bet in another currency, in steps that a player could choose."""
    if currency == "EUR":
        return base_micros
    step = 1_000_000 if currency in WHOLE else 10 * CENT
    thousandths = int(MULTIPLIERS[currency].replace(".", "").ljust(5, "0")[:5]) if currency not in WHOLE else 11_000
    scaled = base_micros * thousandths // (1_000 if currency in WHOLE else 10_000)
    return max(step, scaled // step * step)
