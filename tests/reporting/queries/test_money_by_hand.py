"""Boosts, refunds, cancellations, switches and sweeps in the liability and in the GGR, by hand."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, Pot, Win
from jackpots.operations.request_boost import request_boost
from jackpots.operations.request_boost_refund import request_boost_refund
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_sweep import Destination, request_sweep
from jackpots.operations.request_switch import SwitchTo, request_switch
from jackpots.operations.request_termination import request_termination
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.statistics import meter_sums
from jackpots.rules.liability import Flows
from reporting.queries.liability import LiabilityFilters, liability_report
from reporting.queries.lines import LinesAsked, figure_lines, sum_of, trial_balance
from reporting.queries.one_account import account, account_lines
from reporting.rules.figures import FIGURES
from reporting.rules.frames import Frame
from tests.cast import EUR, SYSTEM, Cast, probability_pot, sure_draft
from tests.invariants import assert_invariants
from tests.reporting.kit import give

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
ALL = Frame(key="custom", first=None, last=date(2026, 3, 31))


@pytest.fixture
def busy(cast: Cast) -> Instance:
    """A boost of 30, 10 of it refunded; a win that is cancelled; a switch; and then it is over."""
    instance, house = cast.house.open(sure_draft()), cast.house
    pot = Pot.objects.get(instance=instance)
    common: dict[str, Any] = {"requested_by": cast.manager, "scope": house.scope, "actor": SYSTEM, "now": cast.now}
    house.approve(request_boost(pot.pk, amount_micros=30 * EUR, reason="More", **common))
    house.approve(request_boost_refund(pot.pk, amount_micros=10 * EUR, reason="Less", **common))
    give(house, instance, cast.now)
    win = Win.objects.get()
    withhold_win(win.pk, reason="Check", scope=house.scope, actor=SYSTEM, now=cast.now)
    house.approve(request_cancellation(win.pk, reason="Forged", **common))
    other = house.publish(
        sure_draft(name="Other", pots=(probability_pot("other", one_in=1, position=0, share_ppm=700_000),))
    )
    to = SwitchTo(other.pk, {"main": {"other": 1_000_000}})
    house.approve(request_switch(instance.pk, to, reason="New", **common))
    house.approve(request_termination(instance.pk, reason="Over", **common))
    return instance


def report(cast: Cast, instance: Instance) -> Any:
    filters = LiabilityFilters(frame=ALL, instance_ids=frozenset((instance.pk,)))
    return liability_report(cast.house.scope, filters, cast.now)


def swept(cast: Cast, instance: Instance) -> None:
    approval = request_sweep(
        instance.pk, Destination(), reason="Over", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM,
        now=cast.now,
    )  # fmt: skip
    cast.house.approve(approval)


@pytest.mark.req("G-20", "B-15", "OFF-17", "SED-03", "B-14")
def test_each_movement_stands_in_its_column_and_the_sum_is_the_ledger(cast: Cast, busy: Instance) -> None:
    found = report(cast, busy)
    (row,) = found.rows
    # Of one contribution of 0.10, 0.035 go to the pot and 0.035 to its reserve; both starts are 100, with 20 of boost.
    win = Win.objects.get()
    deficit = win.seed_deficit_micros
    assert row.flows == Flows(
        contributions_to_pots=35_000, contributions_to_seeds=35_000, house_funding=100 * EUR + deficit, boosts=20 * EUR
    )
    assert row.held.total == row.closing_micros == 120 * EUR + 70_000 + deficit
    assert (row.held.boosts, row.held.withheld, row.held.payable) == (0, 0, 0)
    assert row.held.seeds == win.cost_micros
    assert [check.is_reconciled for check in found.checks] == [True]
    swept(cast, busy)
    found = report(cast, busy)
    (row,) = found.rows
    assert (row.flows.transfers, row.closing_micros) == (-(120 * EUR + 70_000 + deficit), 0)
    assert [check.is_reconciled for check in found.checks] == [True]
    assert_invariants()


@pytest.mark.req("G-20", "B-15")
def test_every_figure_is_the_sum_of_its_lines(cast: Cast, busy: Instance) -> None:
    swept(cast, busy)
    (row,) = report(cast, busy).rows
    for name in Flows.__struct_fields__:
        figure = FIGURES[name]
        lines = figure_lines(cast.house.scope, LinesAsked(figure, [busy.pk], None, APRIL))
        assert sum_of(lines) * figure.sign == getattr(row.flows, name), name


@pytest.mark.req("OFF-06", "G-19")
def test_what_was_cancelled_and_what_came_back_is_no_loss(cast: Cast, busy: Instance) -> None:
    def ggr() -> int:
        rows = meter_sums(cast.house.scope, [(None, APRIL)], unit="month", zone="UTC")
        return sum(row.contribution_micros - row.win_micros - row.given_micros + row.back_micros for row in rows)

    assert ggr() == 100_000
    held = report(cast, busy).rows[0].closing_micros
    swept(cast, busy)
    assert ggr() == 100_000 + held


@pytest.mark.req("B-12", "R-01")
def test_each_account_leads_to_its_lines(cast: Cast, busy: Instance) -> None:
    rows = trial_balance(cast.operator.pk)
    assert sum(row.balance_micros for row in rows if row.currency == "EUR") == 0
    for row in rows:
        found = account(cast.house.scope, row.account_id)
        assert sum_of(account_lines(cast.house.scope, found)) == row.balance_micros
        assert account(Scope(cast.rival.pk), row.account_id) is None
    assert Operator.objects.filter(pk=cast.operator.pk).exists()
