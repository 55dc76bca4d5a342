"""Community payouts: what players who did not win the pot themselves get of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from backoffice.core.money import floor_to_minor, minor_unit_micros, split
from jackpots.rules.sampling import shuffled
from jackpots.rules.terms import PPM, StrategyTerms

PlayerKey = tuple[str, str]
"""(brand id, player id)."""
DrawBelow = Callable[[str, int], int]
"""(the last part of the message, n) -> a number below n, from the secret of the cycle that was won."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A player whom a strategy may choose. `weight` is what the player contributed, by the strategy's count."""

    key: PlayerKey
    weight: int


class Chosen(msgspec.Struct, frozen=True, gc=False):
    """What one strategy gives to one player, in micro-units of the jackpot's currency. `index` is the player's place
    among the `eligible` ones, from 0: by (brand, player) for a random choice, else by what they contributed."""

    position: int
    key: PlayerKey
    value_micros: int
    index: int
    eligible: int


class Shared(msgspec.Struct, frozen=True):
    """A won pot, divided: winner + credits + unspent = its value. `credits` has each player once; `chosen` says by
    which strategies."""

    winner_micros: int
    credits: tuple[tuple[PlayerKey, int], ...]
    chosen: tuple[Chosen, ...]
    unspent_micros: int

    @property
    def community_micros(self) -> int:
        """What the credits sum to."""
        return sum(value for _, value in self.credits)


def share_out(
    strategies: Sequence[StrategyTerms],
    candidates: Mapping[int, Sequence[Candidate]],
    *,
    value_micros: int,
    currency: str,
    excluded: frozenset[PlayerKey],
    draw_below: DrawBelow,
) -> Shared:
    """Divide a won pot between its winner and the community. `candidates` are by the strategies' position.

    The strategies' parts and the winner's are whole coins and sum to the pot by largest remainder; what is smaller than
    a coin is the winner's. `excluded` are never chosen. What a strategy finds too few players for is unspent.
    """
    coin = minor_unit_micros(currency)
    whole = floor_to_minor(value_micros, currency)
    weights = [strategy.share_ppm for strategy in strategies]
    if sum(weights) > PPM:
        raise ValueError("the community's shares exceed the pot")
    parts = split(whole, [PPM - sum(weights), *weights], unit_micros=coin)
    chosen: list[Chosen] = []
    for strategy, part in zip(strategies, parts[1:], strict=True):
        eligible = [one for one in candidates.get(strategy.position, ()) if one.key not in excluded and one.weight > 0]
        chosen += _chosen(strategy, part, eligible, draw_below, coin)
    sums: dict[PlayerKey, int] = {}
    for one in chosen:
        sums[one.key] = sums.get(one.key, 0) + one.value_micros
    spent = sum(sums.values())
    return Shared(
        parts[0] + value_micros - whole,
        tuple((key, sums[key]) for key in sorted(sums) if sums[key]),
        tuple(chosen),
        sum(parts[1:]) - spent,
    )


def _choose(strategy: StrategyTerms, eligible: list[Candidate], draw_below: DrawBelow) -> list[tuple[int, Candidate]]:
    """The chosen ones with their places, by (brand, player)."""
    if strategy.kind == "active":
        ordered = sorted(eligible, key=lambda one: one.key)
        chosen = list(_at_random(strategy, ordered, draw_below))
    else:
        ordered = sorted(eligible, key=lambda one: (-one.weight, one.key))
        chosen = list(enumerate(ordered[: strategy.count]))
    return sorted(chosen, key=lambda placed: placed[1].key)


def _at_random(
    strategy: StrategyTerms, ordered: list[Candidate], draw_below: DrawBelow
) -> Iterator[tuple[int, Candidate]]:
    def below(number: int, n: int) -> int:
        return draw_below(f"community:{strategy.position}:{number}", n)

    return ((index, ordered[index]) for index in islice(shuffled(len(ordered), below), strategy.count))


def _chosen(
    strategy: StrategyTerms, part_micros: int, eligible: list[Candidate], draw_below: DrawBelow, coin: int
) -> Iterator[Chosen]:
    """Equal: as many equal parts as the strategy has places, so that a place without a player is unspent.
    Proportional: all of it among those who were chosen."""
    players = _choose(strategy, eligible, draw_below)
    if not players:
        return
    weights = [1] * strategy.count if strategy.split == "equal" else [player.weight for _, player in players]
    values = split(part_micros, weights, unit_micros=coin)
    for (index, player), value in zip(players, values, strict=False):
        yield Chosen(strategy.position, player.key, value, index, len(eligible))
