"""A jackpot of plain Python, written from the mathematics alone: no row, no clock, nothing of the product's rules.

Amounts are whole micro-units. What the product keeps in tables is kept here in a dictionary of accounts.
"""

import hmac
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256

PPM = 1_000_000
WORDS = 2**64


def number_below(secret: bytes, message: str, n: int) -> int:
    """The first word of HMAC-SHA256(secret, message|counter) below the largest multiple of n, modulo n."""
    words = (
        int.from_bytes(hmac.new(secret, f"{message}|{counter}".encode(), sha256).digest()[at : at + 8], "big")
        for counter in range(1_000)
        for at in range(0, 32, 8)
    )
    return next(word for word in words if word < WORDS - WORDS % n) % n


def parts_of(amount: int, weights: list[int]) -> list[int]:
    """Largest remainder at one micro-unit; of equal remainders the earlier part."""
    exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(weights)), key=lambda index: (-(exact[index] - parts[index]), index))
    for index in order[: amount - sum(parts)]:
        parts[index] += 1
    return parts


def nearest(exact: Fraction) -> int:
    """The nearest whole number; of two the smaller."""
    below = int(exact)
    return below + (exact - below > Fraction(1, 2))


@dataclass
class Pot:
    """The rules of a pot and where it stands."""

    code: str
    share: int
    seed_share: int
    reseed: int
    low: int | None = None
    high: int | None = None
    segments: tuple[int, ...] = ()
    odds: int | None = None
    cost: int | None = None
    ceiling: int | None = None
    drops_left: int | None = None
    value: int = 0
    reserve: int = 0
    boost: int = 0
    cycle: int = 1
    armed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still drop."""
        return self.drops_left != 0

    def put(self, share: int) -> tuple[int, int]:
        """Put a share in; the value before, and the value before anything over the ceiling went to the reserve."""
        before = self.value
        put_by = min(nearest(Fraction(share * self.seed_share, PPM)), max(0, self.reseed - self.reserve))
        self.reserve += put_by
        self.value += share - put_by
        reached = self.value
        top = self.high if self.high is not None else self.ceiling
        if top is not None and reached > top:
            self.reserve += reached - top
            self.value = top
        return before, reached

    def chance(self, amount: int, before: int, reached: int) -> tuple[int, int]:
        """The chance of a contribution that took the pot from `before` to `reached`: numerator and denominator."""
        if self.armed:
            return 1, 1
        if self.low is None or self.high is None:
            whole = (self.cost or 0) * (self.odds or 0)
            return (amount, whole) if amount < whole else (1, 1)
        if reached >= self.high:
            return 1, 1
        if reached <= self.low or reached <= before:
            return 0, 1
        passed, after = self.fallen_by(before), self.fallen_by(reached)
        return after - passed, self.fallen_by(self.high) - passed

    def fallen_by(self, value: int) -> int:
        """How much of the chance of dropping lies below this value; all of it is the width times the weights."""
        low, high, weights = self.low or 0, self.high or 0, self.segments or (1,)
        step = Fraction(high - low, len(weights))
        inside = [min(Fraction(1), max(Fraction(0), (value - low) / step - at)) for at in range(len(weights))]
        whole = sum(part * weight for part, weight in zip(inside, weights, strict=True)) * (high - low)
        return int(whole)

    def start_again(self) -> int:
        """Begin the next cycle; what the house has to add to its seed."""
        seed = max(self.reseed, self.reserve + self.boost)
        top = self.low if self.low is not None else self.ceiling
        seed = seed if top is None else min(seed, top)
        from_boost = min(self.boost, seed)
        from_reserve = min(self.reserve, seed - from_boost)
        self.boost -= from_boost
        self.reserve -= from_reserve
        self.value, self.armed = seed, False
        self.cycle += 1
        return seed - from_boost - from_reserve

    def close(self) -> int:
        """It does not start again; what was put by stays where it is."""
        self.value, self.armed = 0, False
        self.cycle += 1
        return 0


@dataclass
class Won:
    """A win as the model has it; `shared` is what other players got of it, in the jackpot's currency."""

    code: str
    cycle: int
    player: str
    value: int
    pay: int = 0
    cost: int = 0
    state: str = "owed"
    shared: dict[str, int] = field(default_factory=dict)


@dataclass
class Strategy:
    """A part of every pot, for other players than the winner."""

    kind: str
    share: int
    count: int
    split: str = "equal"


@dataclass
class Paid:
    """How a player is paid: units of the currency for one of the jackpot's, and its smallest coin."""

    rate: Fraction
    coin: int

    def of(self, value: int) -> tuple[int, int]:
        """The payment in the player's currency, and what it costs in the jackpot's."""
        pay = int(value * self.rate) // self.coin * self.coin
        return pay, round(pay / self.rate)


@dataclass
class Jackpot:
    """An instance: its pots in order, its accounts, its players. Positive is what an account holds."""

    instance_id: str
    household: int
    amount: int
    pots: list[Pot]
    strategies: list[Strategy] = field(default_factory=list)
    opt_in_required: bool = False
    state: str = "Active"
    accounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    opted_in: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    since: dict[tuple[str, int], dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    paid_in: dict[str, Paid] = field(default_factory=dict)
    wins: list[Won] = field(default_factory=list)
    answers: dict[str, tuple[int, str | None]] = field(default_factory=dict)

    def open(self) -> None:
        """The house pays the first seeds."""
        for pot in self.pots:
            pot.value = pot.reseed
            self.move("house_funding", f"pot:{pot.code}", pot.reseed)

    def accepts(self, player: str) -> bool:
        """Whether the player's contribution is taken."""
        return self.state == "Active" and self.may_play(player)

    def may_play(self, player: str) -> bool:
        """Whether the player takes part."""
        return not self.opt_in_required or player in self.opted_in

    def boost(self, pot: Pot, amount: int) -> None:
        """Money beside a pot, or back."""
        pot.boost += amount
        self.move("house_funding", f"boost:{pot.code}", amount)

    def withhold(self, won: Won) -> None:
        """It waits."""
        self.move("payable", "withheld", won.cost)
        won.state = "withheld"

    def release(self, won: Won) -> None:
        """It is owed again."""
        self.move("withheld", "payable", won.cost)
        won.state = "owed"

    def cancel(self, won: Won) -> None:
        """Nobody gets it; the pot's next start does."""
        next(pot for pot in self.pots if pot.code == won.code).reserve += won.cost
        self.move("withheld", f"seed:{won.code}", won.cost)
        won.state = "cancelled"

    def settle(self, won: Won) -> None:
        """It is paid."""
        self.move("payable", "player_clearing", won.cost)
        won.state = "settled"

    def move(self, origin: str, to: str, amount: int) -> None:
        """Double entry."""
        self.accounts[origin] -= amount
        self.accounts[to] += amount

    def contribute(
        self, contribution_id: str, player: str, secrets: dict[tuple[str, int], bytes], paid: Paid
    ) -> Won | None:
        """One contribution of an accepted player."""
        open_pots = [pot for pot in self.pots if pot.is_open]
        *shares, house = self._shares(open_pots)
        self.move("house_funding", "house", house)
        self.counts[player] += 1
        self.paid_in[player] = paid
        hits: list[Pot] = []
        for pot, share in zip(open_pots, shares, strict=True):
            reserve = pot.reserve
            before, reached = pot.put(share)
            self.since[pot.code, pot.cycle][player] += self.amount
            above, below = pot.chance(self.amount, before, reached)
            message = f"{self.instance_id}|{pot.code}|{pot.cycle}|{contribution_id}"
            number = 0 if below == 1 else number_below(secrets[pot.code, pot.cycle], message, below)
            if number < above:
                pot.armed = True
                hits.append(pot)
            self.move("house_funding", f"pot:{pot.code}", pot.value - before)
            self.move("house_funding", f"seed:{pot.code}", pot.reserve - reserve)
        won = self._win(hits, player, secrets)
        self.answers[contribution_id] = (won.pay, won.code) if won else (0, None)
        return won

    def _shares(self, open_pots: list[Pot]) -> list[int]:
        everything, left = sum(pot.share for pot in self.pots), sum(pot.share for pot in open_pots)
        if not left:
            return [*(0 for _ in open_pots), self.amount]
        # What a closed pot would have had goes to the others by their shares, and nothing of it to the house.
        return parts_of(self.amount, [*(pot.share * everything for pot in open_pots), self.household * left])

    def _win(self, hits: list[Pot], player: str, secrets: dict[tuple[str, int], bytes]) -> Won | None:
        paid = self.paid_in[player]
        payable = [pot for pot in hits if paid.of(pot.value)[0]]
        if not payable:
            return None
        pot = max(payable, key=lambda candidate: candidate.value)
        won = Won(pot.code, pot.cycle, player, pot.value)
        main, unspent, won.shared = self._shared(pot, player, secrets[pot.code, pot.cycle])
        won.pay, won.cost = paid.of(main)
        to_reserve = unspent + main - won.cost
        self.move(f"pot:{pot.code}", "payable", won.cost)
        for other, value in won.shared.items():
            cost = self.paid_in[other].of(value)[1]
            self.move(f"pot:{pot.code}", "payable", cost)
            to_reserve += value - cost
        self.move(f"pot:{pot.code}", f"seed:{pot.code}", to_reserve)
        pot.reserve += to_reserve
        self._start_again(pot)
        self.wins.append(won)
        return won

    def _start_again(self, pot: Pot) -> None:
        boost, reserve = pot.boost, pot.reserve
        if pot.drops_left is not None:
            pot.drops_left -= 1
        deficit = pot.start_again() if pot.is_open else pot.close()
        self.move(f"boost:{pot.code}", f"pot:{pot.code}", boost - pot.boost)
        self.move(f"seed:{pot.code}", f"pot:{pot.code}", reserve - pot.reserve)
        self.move("house_funding", f"pot:{pot.code}", deficit)
        if not any(other.is_open for other in self.pots):
            self.state = "Ended"

    def _shared(self, pot: Pot, winner: str, secret: bytes) -> tuple[int, int, dict[str, int]]:
        """What the winner keeps, what nobody was found for, and what the others get: in whole cents but for the
        winner's part."""
        cents, loose = divmod(pot.value, 10_000)
        everybody = sum(strategy.share for strategy in self.strategies)
        main, *parts = parts_of(cents, [PPM - everybody, *(strategy.share for strategy in self.strategies)])
        others: dict[str, int] = defaultdict(int)
        for position, (strategy, part) in enumerate(zip(self.strategies, parts, strict=True)):
            weights = self._weights(strategy, pot, winner)
            chosen = sorted(self._chosen(strategy, weights, pot, secret, position))
            equal = [1] * strategy.count
            wanted = [weights[one] for one in chosen] if strategy.split == "proportional" else equal
            for one, value in zip(chosen, parts_of(part, wanted) if chosen else [], strict=False):
                others[one] += value * 10_000
        unspent = sum(parts) * 10_000 - sum(others.values())
        return main * 10_000 + loose, unspent, {one: value for one, value in others.items() if value}

    def _weights(self, strategy: Strategy, pot: Pot, winner: str) -> dict[str, int]:
        lifetime = {player: count * self.amount for player, count in self.counts.items()}
        weights = self.since[pot.code, pot.cycle] if strategy.kind == "per_win" else lifetime
        return {one: weight for one, weight in sorted(weights.items()) if one != winner and self.may_play(one)}

    def _chosen(self, strategy: Strategy, weights: dict[str, int], pot: Pot, secret: bytes, position: int) -> list[str]:
        if strategy.kind != "active":
            return sorted(weights, key=lambda one: (-weights[one], one))[: strategy.count]
        left = sorted(weights)
        for place in range(min(strategy.count, len(left))):
            message = f"{self.instance_id}|{pot.code}|{pot.cycle}|community:{position}:{place + 1}"
            drawn = place + (number_below(secret, message, len(left) - place) if len(left) - place > 1 else 0)
            left[place], left[drawn] = left[drawn], left[place]
        return left[: strategy.count]
