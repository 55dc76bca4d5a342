"""The product's raffles against the model's."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backoffice.audit.record import Actor
from backoffice.core.fields import unseal
from jackpots.models import Credit, Line, PotCycle, RaffleRound, TicketEntry, TicketRange
from jackpots.models import Pot as PotRow
from jackpots.operations.contribute import contribute
from jackpots.operations.request_boost import request_boost
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast
from tests.invariants import assert_invariants
from tests.model.dice import Dice
from tests.model.play import PATIENCE_SECONDS, play
from tests.model.raffle import Prize, Raffle
from tests.raffles import raffle_draft, raffle_pot

PLAYERS = ("ann", "ben", "cis", "dan")
ROUND = timedelta(minutes=10)
PRIZES = (
    PrizeTerms(rank=1, kind="share", share_ppm=333_333),
    PrizeTerms(rank=2, kind="amount", amount_micros=2 * EUR, count=2),
)


class BothRaffles(RuleBasedStateMachine):
    """One raffle in the database, one in the model; rounds of ten minutes, one after the other."""

    def __init__(self, cast: Cast, dice: Dice) -> None:
        super().__init__()
        self.house = cast.house
        self.now = self.house.now = cast.now
        self.numbers = count(1)
        self.made: list[tuple[ContributionRequest, int]] = []
        dice.begin_again()
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        """The books of the whole run are in order; then nothing of it was."""
        try:
            assert_invariants()
            connection.check_constraints()
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(rolls_over=some.booleans(), per_player=some.sampled_from((1, 2, None)))
    def open(self, *, rolls_over: bool, per_player: int | None) -> None:
        """The same raffle in both."""
        pot = raffle_pot(min_reseed_micros=3 * EUR, initial_seed_micros=3 * EUR)
        draft = raffle_draft(
            pots=(pot,), prizes=PRIZES, duration_count=10, duration_unit="minutes", rolls_over=rolls_over,
            prizes_per_player=per_player,
        )  # fmt: skip
        self.row = self.house.open(draft, starts_at=self.now)
        prizes = [Prize(one.count, one.amount_micros, one.share_ppm) for one in PRIZES]
        self.model = Raffle(str(self.row.pk), 700_000, 3 * EUR, EUR // 10, 2 * EUR, prizes, rolls_over, per_player)
        self.model.open()
        self.ends_at = self.now + ROUND

    @rule(bets=some.lists(some.tuples(some.sampled_from(PLAYERS), some.integers(0, 5 * EUR)), min_size=1, max_size=6))
    def contribute(self, bets: list[tuple[str, int]]) -> None:
        """A batch of bets."""
        requests = [
            self.house.request(self.row, player, base_wager_micros=wager, gameround_id=f"spin-{next(self.numbers)}")
            for player, wager in bets
        ]
        for request, answer in zip(requests, contribute(requests, now=self.now), strict=True):
            assert isinstance(answer, ContributionResult)
            tickets = self.model.contribute(str(request.contribution_id), request.player_id, request.base_wager_micros)
            assert answer.tickets_awarded == tickets
            self.made.append((request, tickets))

    @rule(which=some.integers(0, 1_000))
    def contribute_again(self, which: int) -> None:
        """The same bet earns nothing more, in whatever round it is sent again."""
        if not self.made:
            return
        request, tickets = self.made[which % len(self.made)]
        (answer,) = contribute([request], now=self.now)
        assert isinstance(answer, ContributionResult)
        assert answer.is_replay
        assert answer.tickets_awarded == tickets

    @rule(minutes=some.integers(1, 12))
    def wait(self, minutes: int) -> None:
        """Time passes; whatever is due is done, by one worker after the other."""
        self.now = self.house.now = self.now + timedelta(minutes=minutes)
        while self.now >= self.ends_at:
            resolve_raffles(now=self.ends_at)
            resolve_raffles(now=self.ends_at)
            cycle = PotCycle.objects.get(pot__instance=self.row, cycle=self.model.number)
            self.model.draw(unseal(bytes(cycle.sealed_secret)))
            self.ends_at += ROUND
        resolve_raffles(now=self.now)

    @rule(micros=some.integers(1, 9 * EUR))
    def boost(self, micros: int) -> None:
        """Money beside the pot, for the next round."""
        manager = self.house.staff["manager"]
        approval = request_boost(
            PotRow.objects.get(instance=self.row).pk, amount_micros=micros, reason="More", requested_by=manager,
            scope=self.house.scope, actor=Actor.staff(manager), now=self.now,
        )  # fmt: skip
        self.house.approve(approval)
        self.model.boost += micros
        self.model.move("house_funding", "boost", micros)

    @invariant()
    def tickets_are_alike(self) -> None:
        """Every range of the round, and what each player carries."""
        ranges = TicketRange.objects.filter(round__instance=self.row, round__number=self.model.number)
        kept = ranges.order_by("first_number").values_list("first_number", "count", "player_id", "contribution_id")
        assert [(first, many, player, str(by)) for first, many, player, by in kept] == self.model.ranges
        entries = TicketEntry.objects.filter(round__instance=self.row, round__number=self.model.number)
        assert dict(entries.values_list("player_id", "carry_micros")) == dict(self.model.carry)
        row = RaffleRound.objects.get(instance=self.row, number=self.model.number)
        assert (row.ends_at, row.ticket_count) == (self.ends_at, self.model.ticket_count)

    @invariant()
    def winners_are_alike(self) -> None:
        """Every credit."""
        columns = ("cycle", "position", "prize_rank", "player_id", "ticket_number", "value_micros")
        assert set(Credit.objects.filter(instance=self.row).values_list(*columns)) == self.model.credits

    @invariant()
    def money_is_alike(self) -> None:
        """The pot, and every account."""
        pot = PotRow.objects.get(instance=self.row)
        assert (pot.value_micros, pot.boost_micros, pot.cycle) == (
            self.model.value,
            self.model.boost,
            self.model.number,
        )
        sums = (
            Line.objects.filter(account__instance=self.row).values_list("account__kind").annotate(Sum("amount_micros"))
        )
        kept = {kind: amount for kind, amount in sums if amount}
        assert kept == {name: amount for name, amount in self.model.accounts.items() if amount}


@pytest.mark.req("RAF-03", "RAF-05", "RAF-13", "B-16", "B-17", "G-16")
@pytest.mark.timeout(PATIENCE_SECONDS)
def test_the_product_draws_what_the_model_draws(cast: Cast, dice: Dice) -> None:
    play(lambda: BothRaffles(cast, dice))
