"""Raffle tickets: how many a bet or a contribution earns, whose each number is, and the root of the whole list."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from fractions import Fraction
from hashlib import sha256
from math import comb
from typing import Final, NamedTuple

ROOT_KIND: Final = "ranges-1"


class Earned(NamedTuple):
    """Tickets earned, and what is carried towards the next one."""

    tickets: int
    carry_micros: int


class Owner(NamedTuple):
    """Who holds a ticket. `holder` is the player's number in the list, `place` that of the range, from 0."""

    holder: int
    place: int


def earn(carry_micros: int, metric_micros: int, price_micros: int) -> Earned:
    """Whole tickets for what was carried and what came now; what is left is carried on.

    ValueError for a price that is not positive, or for amounts below zero.
    """
    if price_micros <= 0 or carry_micros < 0 or metric_micros < 0:
        raise ValueError("tickets are earned by amounts from zero at a price above zero")
    return Earned(*divmod(carry_micros + metric_micros, price_micros))


def chance_of_a_prize(*, tickets: int, held: int, prizes: int) -> Fraction:
    """The chance that at least one of the prizes falls on one of the tickets held, drawn without replacement."""
    if not 0 <= held <= tickets or prizes < 0:
        raise ValueError("more tickets are held than there are")
    drawn = min(prizes, tickets)
    return 1 - Fraction(comb(tickets - held, drawn), comb(tickets, drawn))


def published_lines(ranges: Iterable[tuple[int, int, str, str, object]]) -> Iterator[str]:
    """The line of each range, in order: their SHA-256 is the root of the list."""
    holder_of: dict[tuple[str, str], int] = {}
    for first, count, brand_id, player_id, contribution_id in ranges:
        holder = holder_of.setdefault((brand_id, player_id), len(holder_of) + 1)
        yield f"{first}|{count}|{holder}|{contribution_id}\n"


class TicketList:
    """The ranges of a round, read in order; it keeps 20 bytes for each and a number for each player.

    Players are numbered from 1 in the order in which they first earned a ticket. The root is the SHA-256 of one line
    for each range, `first|count|holder|contribution id` and a line feed: what is published names no player, and yet
    a player can find each contribution of their own in it.
    """

    def __init__(self) -> None:
        self._firsts = array("Q")
        self._holders = array("Q")
        self._holder_of: dict[tuple[str, str], int] = {}
        self._tickets_of = array("Q", [0])
        self._digest = sha256()
        self.ticket_count = 0

    def extend(self, ranges: Iterable[tuple[int, int, str, str, object]]) -> None:
        """Add the next ranges: (first number, count, brand id, player id, contribution id).

        ValueError where one does not follow on the one before.
        """
        following = self.ticket_count + 1
        holder_of, tickets_of = self._holder_of, self._tickets_of
        add_first, add_holder = self._firsts.append, self._holders.append
        lines: list[str] = []
        for first, count, brand_id, player_id, contribution_id in ranges:
            if first != following or count < 1:
                raise ValueError(f"ticket {following} is missing: the next range begins with {first} and has {count}")
            following += count
            holder = holder_of.setdefault((brand_id, player_id), len(holder_of) + 1)
            if holder == len(tickets_of):
                tickets_of.append(count)
            else:
                tickets_of[holder] += count
            add_first(first)
            add_holder(holder)
            lines.append(f"{first}|{count}|{holder}|{contribution_id}\n")
        self._digest.update("".join(lines).encode())
        self.ticket_count = following - 1

    @property
    def root(self) -> str:
        """The root of what has been added so far, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def range_count(self) -> int:
        """How many ranges there are."""
        return len(self._firsts)

    @property
    def holder_count(self) -> int:
        """How many players hold tickets."""
        return len(self._holder_of)

    def owner(self, number: int) -> Owner:
        """Who holds the ticket with this number. ValueError for a number that nobody has."""
        if not 1 <= number <= self.ticket_count:
            raise ValueError(f"there is no ticket {number}")
        place = bisect_right(self._firsts, number) - 1
        return Owner(self._holders[place], place)

    def tickets_of(self, holder: int) -> int:
        """How many tickets the player of this number holds."""
        return self._tickets_of[holder]

    def first_number(self, place: int) -> int:
        """The first ticket of the range at this place."""
        return self._firsts[place]

    def possible_prizes(self, per_player: int | None) -> int:
        """How many prizes can be given away, where nobody takes more than so many of them (None: no limit)."""
        if per_player is None:
            return self.ticket_count
        return sum(min(held, per_player) for held in self._tickets_of[1:])
