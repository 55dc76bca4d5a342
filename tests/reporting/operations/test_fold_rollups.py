"""The fold: hand-computed figures, nothing lost, nothing twice, and a rebuild that gives the same."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from jackpots.models import Instance, Source
from jackpots.operations.set_multipliers import set_multipliers
from reporting.models import JOURNAL, NotedRate, PlayerDay, RollupCursor, WagerBucket
from reporting.operations.fold_rollups import fold_rollups
from reporting.operations.reset_rollups import reset_rollups
from reporting.tasks import fold
from tests.cast import EUR, SYSTEM, Cast, quiet_draft, sure_draft
from tests.invariants import assert_invariants
from tests.reporting.kit import fold_all, give, rollups, until_folding_is_possible

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("B-15", "OFF-08", "OFF-10", "OFF-11")
def test_a_players_day_adds_up(cast: Cast, now: datetime) -> None:
    sure = cast.house.open(sure_draft())
    give(cast.house, cast.source, now, times=3, base_wager_micros=2 * EUR)
    (won,) = give(cast.house, sure, now + timedelta(minutes=1), base_wager_micros=5 * EUR)
    give(cast.house, cast.source, now + timedelta(days=1), player="player_00002")

    assert fold_all(now) == 5

    first = PlayerDay.objects.get(player_id="player_00001", instance_id=cast.instance.pk)
    assert (first.contribution_count, first.contribution_micros, first.base_wager_micros) == (3, 300_000, 6 * EUR)
    assert (first.contribution_base_micros, first.win_base_micros, first.unconverted_count) == (300_000, 0, 0)
    winner = PlayerDay.objects.get(player_id="player_00001", instance_id=sure.pk)
    assert (winner.win_count, winner.win_micros, winner.win_base_micros) == (1, won.win_micros, won.win_micros)
    assert won.win_micros > 100 * EUR
    second = PlayerDay.objects.get(player_id="player_00002")
    assert second.day == (now + timedelta(days=1)).date()
    assert_invariants()


@pytest.mark.req("B-15", "OFF-07")
def test_wagers_fall_into_buckets_of_the_base_currency(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now, times=2, base_wager_micros=EUR)  # 1.00: not below 1
    give(cast.house, cast.source, now, base_wager_micros=EUR - 1)
    give(cast.house, cast.source, now, currency="SEK", base_wager_micros=int(11.6761 * EUR))  # 1.00 in EUR
    fold_all(now)
    assert dict(WagerBucket.objects.values_list("upper_micros", "count")) == {EUR: 1, 2 * EUR: 3}


@pytest.mark.req("G-19")
def test_amounts_keep_the_rate_of_their_own_time(cast: Cast, now: datetime) -> None:
    dollars = cast.house.open(quiet_draft(currency="USD", name="Dollars"))
    give(cast.house, dollars, now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    set_multipliers(
        {"USD": Decimal(2)}, operator_id="thrilltech", brand_id=None, scope=cast.house.scope, actor=SYSTEM, now=later
    )
    # The rate before was never seen by a fold, so the first that is known stands for all that came before it.
    fold_all(now)
    assert PlayerDay.objects.get(instance_id=dollars.pk).contribution_base_micros == 50_000

    set_multipliers(
        {"USD": Decimal(4)}, operator_id="thrilltech", brand_id=None, scope=cast.house.scope, actor=SYSTEM,
        now=later + timedelta(hours=2),
    )  # fmt: skip
    give(cast.house, dollars, later + timedelta(hours=1))
    give(cast.house, dollars, later + timedelta(hours=3))
    fold_all(now)
    assert PlayerDay.objects.get(instance_id=dollars.pk).contribution_base_micros == 50_000 + 50_000 + 25_000
    assert NotedRate.objects.filter(operator_id="thrilltech", currency="USD").count() == 2

    reset_rollups(now=now)
    assert fold_all(now) == 3
    assert PlayerDay.objects.get(instance_id=dollars.pk).contribution_base_micros == 125_000


@pytest.mark.req("B-15")
def test_a_rebuild_equals_the_incremental_fold(cast: Cast, now: datetime) -> None:
    sure = cast.house.open(sure_draft())
    yen = cast.house.open(quiet_draft(currency="JPY", contribution_micros=16 * EUR, name="Yen"))
    targets: list[Source | Instance] = [cast.source, sure, yen]
    for number in range(12):
        at = now + timedelta(hours=5 * number)
        give(
            cast.house,
            targets[number % 3],
            at,
            player=f"player_{number % 4}",
            base_wager_micros=number * EUR // 3,
        )
        if number % 2:
            fold_rollups(now=at, rows=1)
    fold_all(now, rows=2)
    incremental = rollups()
    assert len(incremental[0]) > 4

    until_folding_is_possible()
    out = StringIO()
    call_command("fold_rollups", "--rebuild", stdout=out)
    assert rollups() == incremental
    assert "12 contributions folded" in out.getvalue()
    assert_invariants()


@pytest.mark.req("B-15")
def test_folding_again_changes_nothing(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now, times=5)
    fold_all(now)
    once = rollups()
    assert fold_rollups(now=now) == 0
    fold()
    assert rollups() == once


@pytest.mark.req("B-15")
def test_a_transaction_that_commits_late_is_not_lost(cast: Cast, now: datetime) -> None:
    """The slow one takes its number first and commits last; a fold runs between."""
    slow_began, may_end = Event(), Event()

    def contribute_slowly() -> None:
        try:
            with transaction.atomic():
                give(cast.house, cast.source, now, player="slow")
                slow_began.set()
                assert may_end.wait(10)
        finally:
            connection.close()

    quick_instance = cast.house.open(quiet_draft(name="Quick"))
    slow = Thread(target=contribute_slowly)
    slow.start()
    assert slow_began.wait(10)
    give(cast.house, quick_instance, now, player="quick")
    fold_rollups(now=now)
    assert not PlayerDay.objects.filter(player_id="slow").exists()
    may_end.set()
    slow.join()
    fold_all(now)
    assert sorted(PlayerDay.objects.values_list("player_id", "contribution_count")) == [("quick", 1), ("slow", 1)]


@pytest.mark.req("B-15")
def test_a_fold_that_dies_has_not_begun(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    give(cast.house, cast.source, now, times=2)
    until_folding_is_possible()

    def die(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("reporting.operations.fold_rollups.wager_buckets", die)
        with pytest.raises(KeyboardInterrupt):
            fold_rollups(now=now)
    assert not PlayerDay.objects.exists()
    assert fold_all(now) == 2
    assert PlayerDay.objects.get().contribution_count == 2


@pytest.mark.req("B-15")
def test_two_folds_at_once_fold_once(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now, times=20)

    def run() -> None:
        try:
            fold_all(now, rows=3)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PlayerDay.objects.get().contribution_count == 20
    assert RollupCursor.objects.get(name=JOURNAL).moved_at == now
