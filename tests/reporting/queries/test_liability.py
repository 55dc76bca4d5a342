"""The liability: by hand for small cases, against the ledger for random ones, by month, zone, brand and scope."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import InstanceBrand
from jackpots.operations.contribute import contribute
from jackpots.rules.liability import Flows, Held
from reporting.queries.liability import LiabilityFilters, LiabilityRow, liability, liability_report, totals
from reporting.rules.frames import Frame, frame_of, one_month
from tests.cast import EUR, Cast, build_cast, quiet_draft, sure_draft
from tests.invariants import assert_invariants
from tests.reporting.kit import give

APRIL = datetime(2026, 4, 2, 12, tzinfo=UTC)
MARCH = one_month(date(2026, 3, 1))
SPRING = Frame(key="custom", first=date(2026, 2, 1), last=date(2026, 4, 30))
# One contribution of 0.10: 0.03 to the house; of the pots' shares 0.025 and 0.045 their parts q go to the reserves.
TO_POTS, TO_SEEDS = 3_750 + 22_500, 21_250 + 22_500
SEEDS = 110 * EUR


def rows_of(scope: Scope, frame: Frame = SPRING, **filters: object) -> list[LiabilityRow]:
    return liability(scope, LiabilityFilters(frame=frame, **filters))  # type: ignore[arg-type]


@pytest.mark.req("OFF-17", "G-20", "B-12", "B-15")
def test_months_open_with_what_the_one_before_closed(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now, times=2)
    give(cast.house, cast.source, APRIL, times=3)

    march, april = rows_of(cast.house.scope)

    assert (march.month, march.opening_micros) == (date(2026, 3, 1), 0)
    assert march.flows == Flows(
        contributions_to_pots=2 * TO_POTS, contributions_to_seeds=2 * TO_SEEDS, house_funding=SEEDS
    )
    assert march.closing_micros == SEEDS + 2 * (TO_POTS + TO_SEEDS) == 110_140_000
    assert april.opening_micros == march.closing_micros
    assert april.flows == Flows(contributions_to_pots=3 * TO_POTS, contributions_to_seeds=3 * TO_SEEDS)
    assert april.held == Held(pots=SEEDS + 5 * TO_POTS, seeds=5 * TO_SEEDS)
    assert april.closing_micros == april.held.total == 110_350_000
    assert totals([march, april])["EUR"].house_funding == SEEDS
    assert_invariants()


@pytest.mark.req("G-20", "B-12")
def test_a_win_stays_owed_until_it_is_paid(cast: Cast, now: datetime) -> None:
    sure = cast.house.open(sure_draft())
    (won,) = give(cast.house, sure, now)
    row = next(row for row in rows_of(cast.house.scope) if row.instance_id == sure.pk)
    assert row.held.payable == won.win_micros
    assert row.flows.payouts == 0
    assert row.flows.net == row.closing_micros == row.held.total
    # 100 to open, and at the win what the reserve did not hold of the next 100.
    assert row.flows.house_funding == 200 * EUR - (
        row.flows.contributions_to_seeds + 100 * EUR + row.flows.contributions_to_pots - won.win_micros
    )


@pytest.mark.req("B-15", "OFF-17")
def test_a_month_is_that_of_the_accounting_zone(cast: Cast) -> None:
    Operator.objects.filter(pk="thrilltech").update(accounting_zone="America/New_York")
    give(cast.house, cast.source, datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC))  # still March in New York
    give(cast.house, cast.source, datetime(2026, 4, 1, 4, 0, 0, tzinfo=UTC), times=2)
    march, april = rows_of(cast.house.scope)
    assert march.flows.contributions_to_pots == TO_POTS
    assert april.flows.contributions_to_pots == 2 * TO_POTS


@pytest.mark.req("OFF-18")
def test_a_precise_frame_cuts_the_months(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now)
    give(cast.house, cast.source, now + timedelta(days=5))
    give(cast.house, cast.source, APRIL)
    march, april = rows_of(cast.house.scope, Frame(key="custom", first=date(2026, 3, 15), last=date(2026, 4, 1)))
    assert (march.first, march.last, april.first, april.last) == (
        date(2026, 3, 15), date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 1),
    )  # fmt: skip
    assert march.opening_micros == SEEDS + TO_POTS + TO_SEEDS
    assert march.flows.contributions_to_pots == TO_POTS
    assert april.flows == Flows()


@pytest.mark.req("OFF-18", "OFF-20")
def test_filters_by_instance_and_all_brands_together(cast: Cast, now: datetime) -> None:
    other = cast.house.open(quiet_draft(name="Other"))
    give(cast.house, cast.source, now)
    give(cast.house, other, now, brand_id=cast.brand2.pk, times=4)
    both = rows_of(cast.house.scope)
    assert {row.instance_name for row in both} == {cast.instance.name, other.name}
    (only,) = rows_of(cast.house.scope, MARCH, instance_ids=frozenset((other.pk,)))
    assert only.flows.contributions_to_pots == 4 * TO_POTS


@pytest.mark.req("B-15", "OFF-18")
def test_a_brand_sees_its_flows_and_the_whole_closing(cast: Cast, now: datetime) -> None:
    batch = [cast.request(), cast.request(), cast.request(brand_id=cast.brand2.pk)]
    contribute(batch, now=now)
    (row,) = rows_of(Scope("thrilltech", frozenset((cast.brand1.pk,))), MARCH)
    assert row.flows == Flows(contributions_to_pots=2 * TO_POTS, contributions_to_seeds=2 * TO_SEEDS)
    assert row.other_brands_micros == TO_POTS + TO_SEEDS + SEEDS
    assert row.closing_micros == row.held.total == SEEDS + 3 * (TO_POTS + TO_SEEDS)


@pytest.mark.req("B-15")
def test_a_brand_does_not_see_what_is_closed_to_it(cast: Cast, now: datetime) -> None:
    InstanceBrand.objects.create(operator=cast.operator, instance=cast.instance, brand=cast.brand2)
    assert rows_of(Scope("thrilltech", frozenset((cast.brand1.pk,))), MARCH) == []
    assert len(rows_of(Scope("thrilltech", frozenset((cast.brand2.pk,))), MARCH)) == 1


@pytest.mark.req("OFF-17")
def test_another_operator_sees_nothing_of_it(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now)
    assert rows_of(Scope("rival")) == []
    assert {row.operator_id for row in rows_of(Scope(None))} == {"thrilltech"}


@pytest.mark.req("G-19", "G-20")
def test_currencies_are_never_added(cast: Cast, now: datetime) -> None:
    dollars = cast.house.open(quiet_draft(currency="USD", name="Dollars"))
    give(cast.house, cast.source, now)
    give(cast.house, dollars, now)
    report = liability_report(cast.house.scope, LiabilityFilters(frame=SPRING), APRIL)
    assert {row.currency for row in report.rows} == {"EUR", "USD"}
    assert [(check.currency, check.difference_micros, check.rows_difference_micros) for check in report.checks] == [
        ("EUR", 0, 0), ("USD", 0, 0),
    ]  # fmt: skip


@pytest.mark.req("G-20")
def test_the_check_can_fail(cast: Cast, now: datetime) -> None:
    """What the pots say is counted without the ledger: a pot that is changed behind it shows."""
    give(cast.house, cast.source, now)
    pot = cast.instance.pots.get(code="minor")
    type(pot).objects.filter(pk=pot.pk).update(value_micros=pot.value_micros + 1)
    (check,) = liability_report(cast.house.scope, LiabilityFilters(frame=SPRING), now).checks
    assert (check.difference_micros, check.rows_difference_micros, check.is_reconciled) == (0, -1, False)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("quiet", "sure", "yen")),
        st.sampled_from(("brand1", "brand2")),
        st.sampled_from(("EUR", "SEK", "JPY")),
        st.integers(min_value=0, max_value=75),
        st.integers(min_value=1, max_value=4),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.req("G-20", "B-12", "B-15")
@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, first=st.integers(min_value=0, max_value=80), days=st.integers(min_value=0, max_value=60))
def test_whatever_happens_the_report_is_the_ledger(
    request: pytest.FixtureRequest, steps: list[tuple[str, str, str, int, int]], first: int, days: int
) -> None:
    from django.db import transaction

    now = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
    with transaction.atomic():
        cast = build_cast(now)
        targets = {
            "quiet": cast.instance,
            "sure": cast.house.open(sure_draft()),
            "yen": cast.house.open(quiet_draft(name="Yen", currency="JPY", contribution_micros=16 * EUR)),
        }
        for target, brand, currency, day, times in sorted(steps, key=lambda step: step[3]):
            give(
                cast.house, targets[target], now + timedelta(days=day), times=times,
                brand_id=f"thrilltech:{brand}", currency=currency,
            )  # fmt: skip
        start = now.date() + timedelta(days=first - 20)
        frame = Frame(key="custom", first=start, last=start + timedelta(days=days))
        for scope in (cast.house.scope, Scope("thrilltech", frozenset(("thrilltech:brand1",)))):
            report = liability_report(scope, LiabilityFilters(frame=frame), now)
            assert all(check.difference_micros == 0 for check in report.checks)
            assert all(row.closing_micros == row.held.total for row in report.rows)
        whole = liability_report(
            cast.house.scope,
            LiabilityFilters(frame=frame_of("all", date(2026, 8, 1))),
            now + timedelta(days=90),
        )
        assert all(check.is_reconciled and check.rows_micros is not None for check in whole.checks)
        parts = [rows_of(Scope("thrilltech", frozenset((brand.pk,)))) for brand in cast.house.brands]
        for both in zip(rows_of(cast.house.scope), *parts, strict=True):
            _parts_are_the_whole(*both)
        assert_invariants()
        transaction.set_rollback(True)


def _parts_are_the_whole(whole: LiabilityRow, one: LiabilityRow, other: LiabilityRow) -> None:
    """What two brands gave is what was given, save the house funding of the operator itself."""
    flows = [msgspec.structs.asdict(row.flows) for row in (whole, one, other)]
    for name in ("contributions_to_pots", "contributions_to_seeds", "payouts"):
        assert flows[0][name] == flows[1][name] + flows[2][name]
    assert one.closing_micros == other.closing_micros == whole.closing_micros
