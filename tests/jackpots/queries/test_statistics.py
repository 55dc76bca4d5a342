"""The sums that reports are made of."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from backoffice.tenancy.scope import Scope
from jackpots.models import InstanceBrand, Transfer
from jackpots.operations.contribute import contribute
from jackpots.queries import contribution_config
from jackpots.queries.journal import Slice, below, player_parts, wager_parts
from jackpots.queries.ledger import balances
from jackpots.queries.participation import participated
from jackpots.queries.statistics import (
    contributions_of_transfer,
    current_rates,
    held_by_rows,
    live_pots,
    meter_sums,
    owed_wins,
    pot_codes,
    top_wins,
)
from tests.cast import EUR, Cast, sure_draft

NEVER = 2**62


@pytest.fixture(autouse=True)
def _empty_configuration() -> Iterator[None]:
    """Versions begin again with the tables, so what one test kept is none of the next."""
    contribution_config._kept.clear()
    yield
    contribution_config._kept.clear()


@pytest.mark.req("OFF-03", "OFF-11")
def test_meters_by_span_point_slot_and_brand(cast: Cast, now: datetime) -> None:
    contribute([cast.request(), cast.request(), cast.request(brand_id=cast.brand2.pk)], now=now)
    contribute([cast.request()], now=now + timedelta(hours=1))
    midnight = datetime(2026, 3, 14, tzinfo=UTC)
    spans = [(midnight, midnight + timedelta(days=1)), (None, midnight)]
    rows = meter_sums(cast.house.scope, spans, unit="day", zone="Asia/Tokyo", cuts=[now + timedelta(minutes=30)])
    assert [(row.span, row.point.day, row.slot, (row.brand_id or "")[-1], row.contribution_count) for row in rows] == [
        (0, 14, 0, "1", 2), (0, 14, 0, "2", 1), (0, 14, 1, "1", 1),
    ]  # fmt: skip
    only = meter_sums(Scope("thrilltech", frozenset((cast.brand2.pk,))), spans, unit="hour", zone="UTC")
    assert [(row.point.hour, row.contribution_micros) for row in only] == [(9, 100_000)]
    assert meter_sums(Scope("rival"), spans, unit="day", zone="UTC") == []


@pytest.mark.req("OFF-09", "B-13")
def test_wins_by_size_and_what_waits(cast: Cast, now: datetime) -> None:
    sure = cast.house.open(sure_draft())
    contribute([cast.house.request(sure)], now=now)
    contribute([cast.house.request(sure, player_id="player_00002")], now=now + timedelta(days=1))
    found = top_wins(cast.house.scope, (None, now + timedelta(days=2)), count=1)
    assert [(win.currency, win.pot, win.instance_id) for win in found] == [("EUR", "main", sure.pk)]
    assert top_wins(cast.house.scope, (now + timedelta(days=2), now + timedelta(days=3))) == []
    assert owed_wins(cast.house.scope) == (2, 0)
    assert owed_wins(Scope("rival")) == (0, 0)


@pytest.mark.req("B-15", "G-20")
def test_rows_hold_what_the_ledger_holds(cast: Cast, now: datetime) -> None:
    contribute([cast.house.request(cast.house.open(sure_draft()))], now=now)
    contribute([cast.request()], now=now)
    by_ledger: dict[object, dict[str, int]] = {}
    for balance in balances(cast.house.scope):
        if balance.ref.kind in {"pot", "seed", "boost", "payable", "withheld"}:
            kinds = by_ledger.setdefault(
                balance.instance_id, dict.fromkeys(("pot", "seed", "boost", "payable", "withheld"), 0)
            )
            kinds[balance.ref.kind] += balance.balance_micros
    assert held_by_rows(cast.house.scope) == by_ledger
    assert sum(by_ledger[cast.instance.pk].values()) > 110 * EUR


@pytest.mark.req("B-15", "OFF-20")
def test_live_pots_and_jackpots_of_the_viewers_brands(cast: Cast) -> None:
    InstanceBrand.objects.create(operator=cast.operator, instance=cast.instance, brand=cast.brand2)
    assert [pot.code for pot in live_pots(cast.house.scope)] == ["minor", "mega"]
    assert live_pots(Scope("thrilltech", frozenset((cast.brand1.pk,)))) == []
    assert participated(Scope("thrilltech", frozenset((cast.brand1.pk,)))) == []
    assert [one.id for one in participated(Scope("thrilltech", frozenset((cast.brand2.pk,))))] == [cast.instance.pk]
    assert sorted(pot_codes("thrilltech").values()) == ["mega", "minor"]


@pytest.mark.req("G-20")
def test_the_contributions_of_a_transfer(cast: Cast, now: datetime) -> None:
    contribute([cast.request("player_00001"), cast.request("player_00002", brand_id=cast.brand2.pk)], now=now)
    transfer = Transfer.objects.get(kind="contributions")
    both = contributions_of_transfer(cast.house.scope, transfer.pk, transfer.transaction_id, 10)
    assert sorted(one.player_id for one in both) == ["player_00001", "player_00002"]
    scope = Scope("thrilltech", frozenset((cast.brand2.pk,)))
    assert [one.player_id for one in contributions_of_transfer(scope, transfer.pk, transfer.transaction_id, 10)] == [
        "player_00002"
    ]


@pytest.mark.req("B-15")
def test_the_journal_by_players_wagers_and_wins(cast: Cast, now: datetime) -> None:
    sure = cast.house.open(sure_draft())
    contribute([cast.request(), cast.request(base_wager_micros=3 * EUR), cast.house.request(sure)], now=now)
    everything = Slice(below(NEVER), cuts=[now])
    players = [(part.instance_id, part.slot, part.amount_micros, part.times) for part in player_parts(everything)]
    assert sorted(players, key=str) == sorted([(cast.instance.pk, 1, 100_000, 2), (sure.pk, 1, 100_000, 1)], key=str)
    assert {part.wager_micros for part in wager_parts(everything)} == {EUR, 3 * EUR}
    assert [part.instance_id for part in player_parts(everything) if part.cost_micros] == [sure.pk]
    assert player_parts(everything._replace(scope=Scope("rival"))) == []
    assert player_parts(everything._replace(spans=[(None, now)])) == []
    assert player_parts(Slice(below(1))) == []
    assert {rate.operator_id for rate in current_rates()} == {"thrilltech", "rival"}
