"""A raffle of plain Python: tickets, rounds, prizes and money, from the mathematics alone."""

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256

from tests.model.jackpot import PPM, number_below, parts_of

CENT = 10_000


@dataclass
class Prize:
    """So many prizes of an amount, or of a share of the pot, each."""

    count: int
    amount: int = 0
    share: int = 0


@dataclass
class Raffle:
    """A raffle whose one pot has a share of each contribution; amounts in micro-units of euros, all players' own."""

    instance_id: str
    share: int
    seed: int
    amount: int
    price: int
    prizes: list[Prize]
    rolls_over: bool
    per_player: int | None
    value: int = 0
    boost: int = 0
    number: int = 1
    carry: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ranges: list[tuple[int, int, str, str]] = field(default_factory=list)
    credits: set[tuple[int, int, int, str, int, int]] = field(default_factory=set)
    accounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def open(self) -> None:
        """The house pays the first seed."""
        self.move("house_funding", "pot", self.seed)
        self.value = self.seed

    def move(self, origin: str, to: str, amount: int) -> None:
        """Double entry."""
        self.accounts[origin] -= amount
        self.accounts[to] += amount

    @property
    def ticket_count(self) -> int:
        """The tickets of the round so far."""
        return sum(count for _, count, _, _ in self.ranges)

    def contribute(self, contribution_id: str, player: str, wager: int) -> int:
        """A bet; the tickets it earned, what was left of earlier bets counted."""
        to_pot, to_house = parts_of(self.amount, [self.share, PPM - self.share])
        self.move("house_funding", "pot", to_pot)
        self.move("house_funding", "house", to_house)
        self.value += to_pot
        tickets = 0
        self.carry[player] += wager
        while self.carry[player] >= self.price:
            self.carry[player] -= self.price
            tickets += 1
        if tickets:
            self.ranges.append((self.ticket_count + 1, tickets, player, contribution_id))
        return tickets

    def draw(self, secret: bytes) -> None:
        """End the round: its winners are owed their prizes, and the next begins with what is left."""
        owed = 0
        for position, (rank, value, player, ticket) in enumerate(self._winners(secret), 1):
            self.credits.add((self.number, position, rank, player, ticket, value))
            owed += value
        self.move("house_funding", "pot", max(0, owed - self.value))
        self.value = max(0, self.value - owed)
        self.move("pot", "payable", owed)
        if not self.rolls_over:
            self.move("pot", "house_funding", self.value)
            self.value = 0
        self._start_again()
        self.number += 1
        self.carry.clear()
        self.ranges.clear()

    def _start_again(self) -> None:
        added = max(self.boost, self.seed - self.value, 0)
        from_boost = min(self.boost, added)
        self.boost -= from_boost
        self.move("boost", "pot", from_boost)
        self.move("house_funding", "pot", added - from_boost)
        self.value += added

    def _winners(self, secret: bytes) -> list[tuple[int, int, str, int]]:
        """(rank, value, player, ticket): one ticket after the other leaves the urn, until the prizes are given."""
        urn = [(number, player) for first, count, player, _ in self.ranges for number in range(first, first + count)]
        root = self._root()
        won: dict[str, int] = defaultdict(int)
        winners: list[tuple[int, int, str, int]] = []
        wanted = self._awards()
        for place in range(len(urn)):
            if len(winners) == len(wanted):
                break
            message = f"{self.instance_id}|raffle|{self.number}|{root}:{place + 1}"
            left = len(urn) - place
            drawn = place + (number_below(secret, message, left) if left > 1 else 0)
            urn[place], urn[drawn] = urn[drawn], urn[place]
            number, player = urn[place]
            if self.per_player is None or won[player] < self.per_player:
                won[player] += 1
                winners.append((*wanted[len(winners)], player, number))
        return winners

    def _awards(self) -> list[tuple[int, int]]:
        shares = [prize.share for prize in self.prizes for _ in range(prize.count) if prize.share]
        *values, _ = parts_of(self.value // CENT, [*shares, PPM - sum(shares)])
        left = iter(values)
        return [
            (rank, prize.amount or next(left) * CENT)
            for rank, prize in enumerate(self.prizes, 1)
            for _ in range(prize.count)
        ]

    def _root(self) -> str:
        holders: dict[str, int] = {}
        lines = []
        for first, count, player, contribution_id in self.ranges:
            holder = holders.setdefault(player, len(holders) + 1)
            lines.append(f"{first}|{count}|{holder}|{contribution_id}\n")
        return sha256("".join(lines).encode()).hexdigest()
