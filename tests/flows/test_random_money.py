"""T7: after any order of everything that moves money the trial balance is zero and every report meets the ledger."""

import os
from collections.abc import Callable
from datetime import timedelta
from random import Random  # noqa: TID251 - a fixed seed, so that a failure comes again
from typing import Any

import pytest

from backoffice.approvals.models import Approval
from backoffice.core.errors import Refusal
from jackpots.models import Instance, Pot, Template, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_boost_refund import request_boost_refund
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_release import request_release
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.request_sweep import Destination, request_sweep
from jackpots.operations.request_switch import SwitchTo, request_switch
from jackpots.operations.request_termination import request_termination
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.ledger import balances, transfers
from jackpots.queries.switching import running_pots
from jackpots.queries.templates import published_terms
from reporting.queries.liability import LiabilityFilters, liability_report
from reporting.rules.frames import Frame
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants

# Committed act by act, as in life: a single transaction of ten thousand acts would measure itself.
pytestmark = pytest.mark.django_db(transaction=True)
ACTS = 10_000 if os.environ.get("POTLUCK_LONG") == "1" else 160
KINDS = {
    "opening", "contributions", "win", "rounding", "reseed", "settlement", "withholding", "release", "cancellation",
    "boost", "boost_refund", "switch", "sweep",
}  # fmt: skip


class Chaos:
    """An operator's day, by a seeded die."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.die, self.now = cast, Random(seed), cast.now
        self.templates = [self._template(number) for number in range(3)]
        self.running = [self._opened(), self._opened()]
        self.over: list[Instance] = []
        self.done: dict[str, int] = {}

    def _template(self, number: int) -> Template:
        mega = probability_pot("mega", one_in=2 + number * 3, share_ppm=450_000 - number * 50_000)
        major = probability_pot("major", one_in=7, position=2, share_ppm=number * 50_000, min_reseed_micros=3 * EUR)
        pots = (value_pot("minor", start=2_000, end=3_000 + number), mega, major)[: 2 + bool(number)]
        return self.cast.house.publish(quiet_draft(name=f"Model {number}", pots=pots))

    def _opened(self) -> Instance:
        return self.cast.house.open(self.die.choice(self.templates))

    @property
    def common(self) -> dict[str, Any]:
        house = self.cast.house
        return {"requested_by": self.cast.manager, "scope": house.scope, "actor": SYSTEM, "now": self.now}

    def one(self) -> None:
        """One act; what the rules refuse is part of the game."""
        acts: list[tuple[Callable[[], Approval | None], int]] = [
            (self.contributed, 40), (self.boosted, 8), (self.refunded, 6), (self.settled, 8), (self.withheld, 12),
            (self.released, 5), (self.cancelled, 8), (self.switched, 9), (self.ended, 3), (self.swept, 4),
        ]  # fmt: skip
        act = self.die.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        self.now += timedelta(seconds=1)
        self.cast.house.now = self.now
        try:
            approval = act()
            if approval is not None:
                self.cast.house.approve(approval)
        except Refusal:
            return
        self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def contributed(self) -> None:
        """A few at once, in two currencies and by two brands."""
        requests = [
            self.cast.house.request(
                self.die.choice(self.running), f"p{self.die.randrange(9)}", currency=self.die.choice(("EUR", "GBP")),
                brand_id=self.die.choice(self.cast.house.brands).pk,
            )
            for _ in range(self.die.randrange(1, 6))
        ]  # fmt: skip
        contribute(requests, now=self.now)

    def _pot(self) -> Pot:
        return self.die.choice(list(Pot.objects.filter(instance__in=self.running)))

    def boosted(self) -> Approval:
        return request_boost(self._pot().pk, amount_micros=self.die.randrange(1, 9 * EUR), reason="More", **self.common)

    def refunded(self) -> Approval | None:
        pot = Pot.objects.filter(boost_micros__gt=0).order_by("pk").first()
        if pot is None:
            return None
        part = self.die.randrange(1, pot.boost_micros + 1)
        return request_boost_refund(pot.pk, amount_micros=part, reason="Less", **self.common)

    def _win(self, state: str) -> Win:
        found = list(Win.objects.filter(state=state)[:5])
        if not found:
            raise Refusal("NOT_FOUND", "There is none.")
        return self.die.choice(found)

    def settled(self) -> Approval:
        return request_settlement(self._win("owed").pk, reference="bank", reason="Paid", **self.common)

    def withheld(self) -> None:
        win = self._win("owed")
        withhold_win(win.pk, reason="Check", scope=self.cast.house.scope, actor=SYSTEM, now=self.now)

    def released(self) -> Approval:
        return request_release(self._win("withheld").pk, reason="Fine", **self.common)

    def cancelled(self) -> Approval:
        return request_cancellation(self._win("withheld").pk, reason="Forged", **self.common)

    def switched(self) -> Approval:
        instance, template = self.die.choice(self.running), self.die.choice(self.templates)
        instance.refresh_from_db()
        targets = [pot.code for pot in published_terms(template.pk).pots]
        mapping = {}
        for pot in running_pots(instance):
            cuts = sorted(self.die.randrange(1_000_001) for _ in targets[1:])
            parts = [high - low for low, high in zip([0, *cuts], [*cuts, 1_000_000], strict=True)]
            mapping[pot.code] = dict(zip(targets, parts, strict=True))
        return request_switch(instance.pk, SwitchTo(template.pk, mapping), reason="New model", **self.common)

    def ended(self) -> Approval:
        instance = self.running.pop(0)
        self.over.append(instance)
        self.running.append(self._opened())
        return request_termination(instance.pk, reason="Over", **self.common)

    def swept(self) -> Approval:
        if not self.over:
            raise Refusal("NOT_FOUND", "There is none.")
        pot = self._pot() if self.die.random() < 0.5 else None
        to = Destination(pot.pk if pot else None)
        return request_sweep(self.die.choice(self.over).pk, to, reason="What is left", **self.common)


@pytest.mark.req("B-12", "B-14", "B-15", "G-20", "OFF-17")
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("seed", [1, 2])
def test_t7_the_trial_balance_is_zero_whatever_happened(cast: Cast, seed: int) -> None:
    chaos = Chaos(cast, seed)
    for _ in range(ACTS // 2):
        chaos.one()
    assert {"contributed", "boosted", "withheld", "switched"} <= chaos.done.keys()
    sums: dict[str, int] = {}
    for balance in balances(cast.house.scope):
        sums[balance.currency] = sums.get(balance.currency, 0) + balance.balance_micros
    assert set(sums.values()) == {0}
    if ACTS >= 10_000:
        assert set(transfers(cast.house.scope).values_list("kind", flat=True)) >= KINDS
    today = chaos.now.date()
    filters = LiabilityFilters(frame=Frame(key="custom", first=None, last=today))
    report = liability_report(cast.house.scope, filters, chaos.now)
    assert report.rows
    assert [check for check in report.checks if not check.is_reconciled] == []
    assert_invariants()
