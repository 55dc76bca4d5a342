"""The product against the model: the same acts on both, and both alike after each of them."""

from datetime import timedelta
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.fields import unseal
from jackpots.models import Credit, Instance, Line, OptIn, PotCycle, Win
from jackpots.models import Pot as PotRow
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_boost_refund import request_boost_refund
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_release import request_release
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.resume_instance import resume_instance
from jackpots.operations.withhold_win import withhold_win
from jackpots.rules.contribution import ContributionRequest, ContributionResult
from jackpots.rules.terms import PotTerms, StrategyTerms
from tests.cast import EUR, RATES, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants
from tests.model.dice import Dice
from tests.model.jackpot import Jackpot, Paid, Pot, Strategy
from tests.model.play import PATIENCE_SECONDS, play

PLAYERS = ("ann", "ben", "cis", "dan")
COINS = {"EUR": 10_000, "GBP": 10_000, "JPY": 1_000_000}

# Pots that drop every few contributions of EUR 1, each of another kind.
POTS = (
    value_pot("minor", position=0, share_ppm=300_000, start=11, end=14),
    value_pot("steps", position=1, share_ppm=200_000, start=12, end=15, segments=(10, 20, 50)),
    probability_pot("mega", position=2, share_ppm=250_000, one_in=9, cost_per_attempt_micros=EUR, min_reseed_micros=EUR,
                    initial_seed_micros=EUR, ceiling_micros=3 * EUR),
    probability_pot("rare", position=3, share_ppm=100_000, one_in=12, cost_per_attempt_micros=EUR, max_drops=2,
                    min_reseed_micros=5 * EUR, initial_seed_micros=5 * EUR),
)  # fmt: skip
STRATEGIES = (
    StrategyTerms(position=0, kind="active", share_ppm=200_000, count=2, hours=24),
    StrategyTerms(position=1, kind="per_win", share_ppm=100_000, count=1),
    StrategyTerms(position=2, kind="lifetime", share_ppm=100_000, count=2, split="proportional"),
)


def modelled(terms: PotTerms) -> Pot:
    """The model's pot of the same rules."""
    return Pot(
        code=terms.code,
        share=terms.share_ppm,
        seed_share=terms.seed_share_ppm,
        reseed=terms.min_reseed_micros,
        low=terms.value_from_micros,
        high=terms.value_to_micros,
        segments=terms.segments,
        odds=terms.max_magic_number,
        cost=terms.cost_per_attempt_micros,
        ceiling=terms.ceiling_micros,
        drops_left=terms.max_drops,
    )


class BothJackpots(RuleBasedStateMachine):
    """One instance in the database, one in the model. What is done to one is done to the other."""

    def __init__(self, cast: Cast, dice: Dice) -> None:
        super().__init__()
        self.cast, self.house = cast, cast.house
        self.now = cast.now
        self.made: list[ContributionRequest] = []
        self.house.now = self.now
        self.numbers = count(1)
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

    @initialize(opt_in_required=some.booleans(), shares=some.booleans())
    def open(self, *, opt_in_required: bool, shares: bool) -> None:
        """The same pots in both."""
        draft = quiet_draft(
            contribution_micros=EUR,
            household_ppm=150_000,
            pots=POTS,
            opt_in_required=opt_in_required,
            strategies=STRATEGIES if shares else (),
        )
        self.row = self.house.open(draft)
        pots = [modelled(terms) for terms in POTS]
        strategies = [Strategy(one.kind, one.share_ppm, one.count, one.split) for one in STRATEGIES if shares]
        self.model = Jackpot(str(self.row.pk), 150_000, EUR, pots, strategies, opt_in_required)
        self.model.open()

    @rule(
        players=some.lists(some.sampled_from(PLAYERS), min_size=1, max_size=6),
        currency=some.sampled_from(sorted(COINS)),
    )
    def contribute(self, players: list[str], currency: str) -> None:
        """A batch of new contributions."""
        self.now = self.house.now = self.now + timedelta(seconds=7)
        requests = [
            self.house.request(self.row, player, currency=currency, gameround_id=f"spin-{next(self.numbers)}")
            for player in players
        ]
        answers = contribute(requests, now=self.now)
        secrets = self.secrets()
        for request, answer in zip(requests, answers, strict=True):
            if not self.model.accepts(request.player_id):
                assert isinstance(answer, Refusal)
                assert answer.code == "CONTRIBUTION_REJECTED"
                continue
            paid = Paid(Fraction(RATES.get(currency, 1)), COINS[currency])
            self.model.contribute(str(request.contribution_id), request.player_id, secrets, paid)
            self.made.append(request)
            assert isinstance(answer, ContributionResult)
            assert (answer.win_micros, answer.win_pot_id) == self.model.answers[str(request.contribution_id)]

    @rule(which=some.integers(0, 1_000))
    def contribute_again(self, which: int) -> None:
        """The same request: the same answer, and nothing more."""
        if not self.made:
            return
        request = self.made[which % len(self.made)]
        (answer,) = contribute([request], now=self.now)
        assert isinstance(answer, ContributionResult)
        assert answer.is_replay
        assert (answer.win_micros, answer.win_pot_id) == self.model.answers[str(request.contribution_id)]

    @rule(seldom=some.integers(0, 5))
    def pause_or_resume(self, seldom: int) -> None:
        """Whichever it is not; a pause is mostly short."""
        if self.model.state not in ("Active", "Paused") or (seldom and self.model.state == "Active"):
            return
        change = pause_instance if self.model.state == "Active" else resume_instance
        change(self.row.pk, reason="A pause", scope=self.house.scope, actor=self.actor("admin"), now=self.now)
        self.model.state = "Paused" if self.model.state == "Active" else "Active"

    @rule(player=some.sampled_from(PLAYERS), goes_in=some.booleans())
    def opt(self, player: str, *, goes_in: bool) -> None:
        """In or out."""
        if self.model.state not in ("Active", "Paused"):
            return
        request = OptInRequest(
            operator_id=self.house.operator.pk,
            instance_id=self.row.pk,
            brand_id=self.house.brands[0].pk,
            player_id=player,
            player_country="MT",
            opt_in=goes_in,
        )
        assert opt_in(request, now=self.now).opted_in is goes_in
        (self.model.opted_in.add if goes_in else self.model.opted_in.discard)(player)

    @rule(which=some.integers(0, 1_000), act=some.sampled_from(("settle", "withhold", "release", "cancel")))
    def decide(self, which: int, act: str) -> None:
        """What may become of a win, where its state allows it."""
        if not self.model.wins:
            return
        won = self.model.wins[which % len(self.model.wins)]
        row = Win.objects.get(instance=self.row, pot__code=won.code, cycle=won.cycle)
        whom: dict[str, Any] = {
            "requested_by": self.house.staff["manager"],
            "actor": self.actor("manager"),
            "scope": self.house.scope,
        }
        if act == "withhold" and won.state == "owed":
            withhold_win(row.pk, reason="A look", scope=self.house.scope, actor=self.actor("manager"), now=self.now)
            self.model.withhold(won)
        elif act == "release" and won.state == "withheld":
            self.house.approve(request_release(row.pk, reason="All well", now=self.now, **whom))
            self.model.release(won)
        elif act == "cancel" and won.state == "withheld":
            self.house.approve(request_cancellation(row.pk, reason="Void", now=self.now, **whom))
            self.model.cancel(won)
        elif act == "settle" and won.state == "owed":
            reference = f"paid-{won.code}-{won.cycle}"
            self.house.approve(request_settlement(row.pk, reference=reference, reason="Paid", now=self.now, **whom))
            self.model.settle(won)

    @rule(place=some.integers(0, len(POTS) - 1), micros=some.integers(1, 9 * EUR), back=some.booleans())
    def boost(self, place: int, micros: int, *, back: bool) -> None:
        """Money beside a pot; or all that lies there goes back."""
        pot = self.model.pots[place]
        amount = pot.boost if back else micros
        if not amount or (not back and (not pot.is_open or self.model.state == "Ended")):
            return
        row = PotRow.objects.get(instance=self.row, code=pot.code)
        whom: dict[str, Any] = {"requested_by": self.house.staff["manager"], "actor": self.actor("manager")}
        ask = partial(
            request_boost_refund if back else request_boost,
            row.pk, amount_micros=amount, reason="More", scope=self.house.scope, now=self.now, **whom,
        )  # fmt: skip
        if not back and pot.drops_left == 1:
            # What lies beside a pot goes into the next one, and there is none.
            with pytest.raises(Refusal):
                ask()
            return
        self.house.approve(ask())
        self.model.boost(pot, -amount if back else amount)

    @invariant()
    def pots_are_alike(self) -> None:
        """Values, reserves, boosts, cycles, what is armed."""
        rows = PotRow.objects.filter(instance=self.row).order_by("position")
        kept = [
            (row.code, row.value_micros, row.seed_micros, row.boost_micros, row.cycle, row.is_armed) for row in rows
        ]
        assert kept == [(pot.code, pot.value, pot.reserve, pot.boost, pot.cycle, pot.armed) for pot in self.model.pots]

    @invariant()
    def ledgers_are_alike(self) -> None:
        """Every account."""
        sums = (
            Line.objects.filter(account__instance=self.row)
            .values_list("account__kind", "account__pot__code")
            .annotate(Sum("amount_micros"))
        )
        kept = {f"{kind}:{code}" if code else kind: amount for kind, code, amount in sums if amount}
        assert kept == {name: amount for name, amount in self.model.accounts.items() if amount}
        assert not sum(kept.values())

    @invariant()
    def players_and_states_are_alike(self) -> None:
        """Counts, opt-ins, wins, and the instance's state."""
        counts = dict(OptIn.objects.filter(instance=self.row).values_list("player_id", "contribution_count"))
        assert {player: count for player, count in counts.items() if count} == dict(self.model.counts)
        opted = OptIn.objects.filter(instance=self.row, opted_in=True).values_list("player_id", flat=True)
        assert set(opted) == self.model.opted_in
        shared = Credit.objects.filter(instance=self.row).values_list("pot__code", "cycle", "player_id", "value_micros")
        assert set(shared) == {
            (won.code, won.cycle, player, value) for won in self.model.wins for player, value in won.shared.items()
        }
        wins = Win.objects.filter(instance=self.row).values_list("pot__code", "cycle", "value_micros", "state")
        assert set(wins) == {(won.code, won.cycle, won.value, won.state) for won in self.model.wins}
        assert Instance.objects.get(pk=self.row.pk).state == self.model.state

    def actor(self, name: str) -> Actor:
        """A member of staff."""
        return Actor.staff(self.house.staff[name])

    def secrets(self) -> dict[tuple[str, int], bytes]:
        """The secret of each cycle so far."""
        cycles = PotCycle.objects.filter(pot__instance=self.row).select_related("pot")
        return {(cycle.pot.code, cycle.cycle): unseal(bytes(cycle.sealed_secret)) for cycle in cycles}


@pytest.mark.req("T1", "T5", "T8", "T11", "T14")
@pytest.mark.timeout(PATIENCE_SECONDS)
def test_the_product_does_what_the_model_does(cast: Cast, dice: Dice) -> None:
    play(lambda: BothJackpots(cast, dice))
