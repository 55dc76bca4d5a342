"""The invariants of the rollups notice what is wrong with them."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.db.models import F

from jackpots.queries.invariants import violations
from reporting.models import PlayerDay, RollupCursor, WagerBucket
from reporting.operations.fold_rollups import fold_rollups
from reporting.operations.reset_rollups import reset_rollups
from tests.cast import Cast, sure_draft
from tests.invariants import assert_invariants
from tests.reporting.kit import fold_all, give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _folded(cast: Cast, now: datetime) -> None:
    give(cast.house, cast.source, now, times=3)
    give(cast.house, cast.house.open(sure_draft()), now)
    assert fold_all(now) == 4
    assert_invariants()


def said() -> list[str]:
    return [violation.invariant[:2] for violation in violations()]


@pytest.mark.req("B-15", "GEN-10")
@pytest.mark.usefixtures("_folded")
def test_what_was_skipped_or_folded_twice_is_found() -> None:
    day = PlayerDay.objects.filter(contribution_count=3)
    for change in ({"contribution_count": 4}, {"contribution_micros": 1}, {"win_count": 1}):
        before = day.values(*change).get()
        row = day.get().pk
        PlayerDay.objects.filter(pk=row).update(**change)
        assert said() == ["R1"]
        PlayerDay.objects.filter(pk=row).update(**before)
    bucket = WagerBucket.objects.first()
    assert bucket is not None
    WagerBucket.objects.filter(pk=bucket.pk).update(count=F("count") + 1)
    assert said() == ["R1"]
    bucket.delete()
    assert said() == ["R1"]


@pytest.mark.req("B-15", "GEN-10")
@pytest.mark.usefixtures("_folded")
def test_a_journal_from_another_server_is_found(now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE jackpots_contribution SET transaction_id = '9000000000000'")
    reset_rollups(now=now)
    assert fold_rollups(now=now) == 0
    assert said() == ["R2"]


@pytest.mark.req("B-15", "GEN-10")
@pytest.mark.usefixtures("_folded")
def test_a_cursor_from_another_server_is_found(now: datetime) -> None:
    RollupCursor.objects.update(horizon=2**60)
    assert "R2" in said()
    reset_rollups(now=now)
    assert fold_all(now) == 4
    assert_invariants()


@pytest.mark.req("B-15")
def test_what_the_own_transaction_wrote_is_not_from_elsewhere(cast: Cast, now: datetime) -> None:
    with transaction.atomic():
        give(cast.house, cast.source, now)
        assert_invariants()
