"""Raffles: the steps of a round, what its prizes are worth, and who wins them."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from backoffice.core.money import floor_to_minor, minor_unit_micros, split
from jackpots.rules.sampling import shuffled
from jackpots.rules.seeding import Reseed, reseed
from jackpots.rules.terms import PPM, PotTerms, PrizeTerms
from jackpots.rules.tickets import TicketList

DrawBelow = Callable[[str, int], int]
"""(the last part of the message, n) -> a number below n, from the round's secret."""


class RoundState(StrEnum):
    """Where a round is. It goes through all of them, in this order, and never back."""

    PENDING = "pending"
    ACTIVE = "active"
    CLOSING = "closing"
    FROZEN = "frozen"
    DRAWN = "drawn"
    PAYING = "paying"
    COMPLETE = "complete"


_ORDER: Final = tuple(RoundState)


def next_state(state: RoundState) -> RoundState | None:
    """The one step from here; None where the round is complete."""
    place = _ORDER.index(state) + 1
    return _ORDER[place] if place < len(_ORDER) else None


class Award(msgspec.Struct, frozen=True, gc=False):
    """One prize to be won: its rank and its value in micro-units of the jackpot's currency."""

    rank: int
    value_micros: int


class Winner(msgspec.Struct, frozen=True, gc=False):
    """A prize and the ticket that won it. `draw` counts the draws of the round from 1, `holder` is the player's
    number in the ticket list, `place` the range the ticket is in."""

    rank: int
    value_micros: int
    ticket_number: int
    draw: int
    holder: int
    place: int


def awards(prizes: Sequence[PrizeTerms], *, pot_micros: int, currency: str) -> list[Award]:
    """The prizes one by one, the first rank first; all of them whole coins of the currency.

    Shares are of what the pot holds, divided by largest remainder so that they and the rest sum to it exactly; the
    rest, and what is smaller than a coin, stays in the pot. ValueError for shares of more than the whole.
    """
    ordered = sorted(prizes, key=lambda prize: prize.rank)
    weights = [prize.share_ppm for prize in ordered if prize.kind == "share" for _ in range(prize.count)]
    rest = PPM - sum(weights)
    if rest < 0:
        raise ValueError("the prizes' shares exceed the pot")
    whole = floor_to_minor(pot_micros, currency)
    shares = iter(split(whole, [*weights, rest], unit_micros=minor_unit_micros(currency)))
    return [
        Award(prize.rank, prize.amount_micros if prize.kind == "amount" else next(shares))
        for prize in ordered
        for _ in range(prize.count)
    ]


def funding_needed(given: Sequence[Award | Winner], *, pot_micros: int) -> int:
    """What the house adds to the pot so that it can pay these prizes."""
    return max(0, sum(award.value_micros for award in given) - pot_micros)


def top_up(pot: PotTerms, left_micros: int, *, reserve_micros: int, boost_micros: int) -> Reseed:
    """How the pot starts again with what a round has left in it: `seed_micros` is added, so that it holds at least its
    minimum, and at most its ceiling."""
    ceiling = None if pot.ceiling_micros is None else max(0, pot.ceiling_micros - left_micros)
    missing = max(0, pot.min_reseed_micros - left_micros)
    rest = msgspec.structs.replace(pot, min_reseed_micros=missing, ceiling_micros=ceiling)
    return reseed(rest, reserve_micros, boost_micros)


def draw_winners(
    given: Sequence[Award], tickets: TicketList, *, per_player: int | None, draw_below: DrawBelow
) -> list[Winner]:
    """Who wins what: tickets are drawn without replacement, the first for the first prize.

    The k-th draw of the round is made with `<root>:<k>` in the place of a contribution's id, so that it depends on the
    secret and on every ticket. A ticket whose player has `per_player` prizes already is set aside, and the same prize
    is drawn for again with the next k. Without tickets nobody wins; prizes for which no ticket is left are not given.
    """
    root = tickets.root

    def below(number: int, n: int) -> int:
        return draw_below(f"{root}:{number}", n)

    wanted = min(len(given), tickets.possible_prizes(per_player))
    drawn = _accepted(enumerate(shuffled(tickets.ticket_count, below), 1), tickets, per_player)
    return [Winner(award.rank, award.value_micros, *next(drawn)) for award in given[:wanted]]


def _accepted(
    drawn: Iterator[tuple[int, int]], tickets: TicketList, per_player: int | None
) -> Iterator[tuple[int, int, int, int]]:
    taken: dict[int, int] = {}
    for number, index in drawn:
        owner = tickets.owner(index + 1)
        prizes = taken.get(owner.holder, 0)
        if per_player is not None and prizes >= per_player:
            continue
        taken[owner.holder] = prizes + 1
        yield index + 1, number, owner.holder, owner.place
