"""What a batch of contributions is made of on its way through the steps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from backoffice.core.errors import Refusal
from backoffice.core.statements import Stream
from jackpots.queries.contribution_config import InstanceConfig, OperatorConfig
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.rules.drops.time import Window
from jackpots.rules.settlement import PotState, Settled, Win
from jackpots.rules.withholding import withheld_because

Answer = ContributionResult | Refusal


@dataclass(slots=True)
class Claim:
    """A request with its two keys: the id that stands for the request key (`key` as text), and the digest of its
    payload."""

    request: ContributionRequest
    contribution_id: UUID
    key: str
    target: str
    digest: bytes


@dataclass(slots=True)
class Stored:
    """A contribution that was accepted before."""

    contribution_id: UUID
    instance_id: UUID
    digest: bytes
    contribution_micros: int
    currency: str
    win_micros: int
    win_pot: str | None
    accepted_at: datetime
    rate: Decimal
    tickets: int | None
    win_withheld: bool


@dataclass(slots=True)
class Terms:
    """What a currency means to an instance: the contribution in both currencies, and the rate between them."""

    contribution_micros: int
    amount_micros: int
    jackpot_multiplier: Decimal
    player_multiplier: Decimal
    rate: Decimal


@dataclass(slots=True)
class Accepted:
    """A contribution that the rules let through. `base_micros` is the bet in the instance's currency; `settled` is
    there once it is settled; `tickets` are those of a raffle, `is_withheld` is said of what it won,
    `parent_key` is the contribution that this one follows over a link."""

    place: int
    claim: Claim
    instance: InstanceConfig
    source_key: int | None
    source_id: str | None
    terms: Terms
    base_micros: int
    settled: Settled = field(init=False)
    tickets: int | None = None
    is_withheld: bool = False
    parent_key: str | None = None


@dataclass(slots=True)
class Awarded:
    """A win to be written: whose contribution won, and the secret of the cycle that it begins. One that won at a
    deadline was contributed before this batch."""

    accepted: Accepted
    won: Win
    secret: bytes
    cause: Literal["draw", "deadline"] = "draw"

    @property
    def withheld_because(self) -> str:
        """Why the win is held back; empty where it is owed."""
        terms, country = self.accepted.instance.terms, self.accepted.claim.request.player_country
        return withheld_because(terms, self.won.payout.cost_micros, country)


@dataclass(slots=True)
class LockedPot:
    """A pot's row as it was locked, and its state, which the settlement changes; `window` is what the row says."""

    id: UUID
    version: int
    state: PotState
    drops: int = 0
    window: Window | None = None


@dataclass(slots=True)
class Entry:
    """What this batch adds to a player's entry; `carry_micros` is what is carried now."""

    carry_micros: int
    country: str
    currency: str
    metric_micros: int = 0
    tickets: int = 0


@dataclass(slots=True)
class HeldRound:
    """A round that takes tickets, locked; what this batch adds to it. `carries` is what (brand, player) carry into it,
    None until that is read."""

    id: UUID
    ticket_count: int
    carries: dict[tuple[str, str], int] | None = None
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    ranges: list[tuple[int, Accepted]] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """Accepted ones that go into the journal together, with the columns that no pot has a say in; `firsts` is one of
    each kind."""

    accepted: list[Accepted]
    columns: dict[str, object]
    firsts: list[Accepted]


@dataclass(slots=True)
class Batch:
    """The requests of one operator at one instant; `answers` stand in the order they were given, `wins` in the order in
    which they happened, `ended` are the instances whose last pot has closed. `may_draw`: it can begin again after the
    draw of a raffle's round that is over; `when_sent` is the caller's. What is `under_way` has the connection until it
    is taken; the `parts` go into the journal one after the other."""

    operator_id: str
    now: datetime
    claims: list[Claim]
    answers: list[Answer | None]
    accepted: list[Accepted] = field(default_factory=list)
    pots: dict[str, list[LockedPot]] = field(default_factory=dict)
    wins: list[Awarded] = field(default_factory=list)
    ended: list[InstanceConfig] = field(default_factory=list)
    config: OperatorConfig | None = None
    rounds: dict[str, HeldRound] = field(default_factory=dict)
    may_draw: bool = False
    when_sent: Callable[[], None] | None = None
    under_way: Stream | None = None
    parts: list[Part] = field(default_factory=list)

    @property
    def has_moved(self) -> bool:
        """Whether deadlines have awarded something or moved a window."""
        return bool(self.wins) or any(pot.state.window != pot.window for pots in self.pots.values() for pot in pots)

    def free_connection(self) -> None:
        """Wait for what is under way, so that something can be read."""
        if self.under_way is not None:
            self.under_way.take()

    def by_instance(self) -> dict[str, list[Accepted]]:
        """The accepted ones by instance, in the order given."""
        grouped: dict[str, list[Accepted]] = {}
        for accepted in self.accepted:
            grouped.setdefault(accepted.instance.key, []).append(accepted)
        return grouped
