"""Batches: fenced owners, poison among good messages, the breaker."""

from collections.abc import Sequence
from datetime import datetime
from threading import Event

import pytest
from django.db import OperationalError, connection

from integrations.models import DeadLetter, FeedPosition, FeedStatus, GameActivity
from integrations.operations.apply_batch import Tripped
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.own_feed import own_feed
from integrations.operations.report_feed import FeedReport, Fenced, report_feed
from integrations.wire.bets import Bet, BetResult
from integrations.wire.breaker import Breaker
from integrations.wire.outcomes import Item, Outcome
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Feeds, Ledger, bet, counts_of, dead_reasons, position_of, raw
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
GOOD = Outcome("used", "ACCEPTED")
BAD = Outcome("dead", "AMOUNT_MISMATCH")
UNSUPPORTED = Outcome("dead", "UNSUPPORTED_TYPE", is_unsupported=True)
REFUSED = Outcome("refused", "CONTRIBUTION_REJECTED")


def end_lease() -> None:
    """As if the owner had been silent for too long."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE integrations_feedposition SET lease_until = now() - interval '1 second'")


def test_one_owner_at_a_time(feeds: Feeds) -> None:
    integration = feeds.connected()
    first = feeds.owned(integration)
    assert own_feed(integration, "bets", owner="another") is None
    end_lease()
    second = own_feed(integration, "bets", owner="another")
    assert second is not None
    assert second.epoch == first.epoch + 1


def test_an_owner_that_leaves_makes_room_at_once(feeds: Feeds) -> None:
    integration = feeds.connected()
    report_feed(feeds.owned(integration), FeedReport(FeedStatus.STOPPED), is_leaving=True)
    assert own_feed(integration, "bets", owner="another") is not None


def test_a_zombie_writes_nothing(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    zombie = feeds.owned(integration)
    end_lease()
    owner = own_feed(integration, "bets", owner="another")
    assert owner is not None
    with pytest.raises(Fenced):
        feeds.take(zombie, raw(bet("a1")))
    with pytest.raises(Fenced):
        report_feed(zombie, FeedReport(FeedStatus.RUNNING))
    assert ledger.bets == []
    assert not GameActivity.objects.exists()
    feeds.take(owner, raw(bet("a1")))
    assert ledger.contributed == ["a1"]
    assert_invariants()


def test_a_disconnected_feed_is_fenced_at_once(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    disconnect_integration(integration.pk, reason="Over.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    with pytest.raises(Fenced):
        feeds.take(owned, raw(bet("a1")))
    assert own_feed(integration, "bets", owner="another") is None
    assert ledger.bets == []


@pytest.mark.req("B-19")
def test_a_batch_that_fails_as_a_whole_loses_only_the_message_at_fault(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    ledger.poisoned_players.add("poison")
    batch = [raw(bet("a1")), raw(bet("a2", user_id="poison")), raw(bet("a3")), raw(bet("a1"))]
    with pytest.raises(ValueError, match="digested"):
        feeds.take(owned, *batch)
    assert position_of(integration).seen_count == 0
    assert not GameActivity.objects.exists()
    outcomes = feeds.take(owned, *batch, one_by_one=True)
    assert [outcome.code for outcome in outcomes] == ["ACCEPTED", "PROCESSING_FAILED", "ACCEPTED", "DUPLICATE"]
    assert ledger.contributed == ["a1", "a3"]
    assert dead_reasons(integration) == ["PROCESSING_FAILED"]
    assert sorted(GameActivity.objects.values_list("activity_id", flat=True)) == ["a1", "a3"]
    assert_invariants()


@pytest.mark.req("B-19")
def test_strings_that_the_database_cannot_keep_do_not_stop_the_feed(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    outcomes = feeds.take(
        feeds.owned(integration), raw(b"\x00\xff", "odd\x00type"), raw(b"\x00", "CASINO"), raw(bet("a1"))
    )
    assert [outcome.code for outcome in outcomes] == ["UNSUPPORTED_TYPE", "NUL", "ACCEPTED"]
    assert bytes(DeadLetter.objects.get(reason="NUL").raw) == b"\x00"
    assert ledger.contributed == ["a1"]


@pytest.mark.req("B-19")
def test_the_breaker_writes_nothing_of_a_batch_in_which_it_trips(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    bad = [raw(bet(f"b{number}", origin="nowhere")) for number in range(60)]
    with pytest.raises(Tripped) as tripped:
        feeds.take(feeds.owned(integration), raw(bet("a1")), *bad, judge=Breaker())
    assert tripped.value.index == 50
    assert counts_of(integration) == {}
    assert not DeadLetter.objects.exists()
    assert FeedPosition.objects.get().seen_count == 0


@pytest.mark.req("B-19")
@pytest.mark.parametrize(
    ("outcomes", "index"),
    [
        ([BAD] * 49, None),
        ([BAD] * 50, 49),
        ([*[BAD] * 49, GOOD, *[BAD] * 1], None),
        ([*[BAD] * 49, GOOD, *[BAD] * 2], 51),
        ([GOOD, BAD] * 50, None),
        ([GOOD, BAD] * 51, 101),
        ([*[*[GOOD] * 19, BAD] * 200], None),
        ([UNSUPPORTED] * 5_000, None),
        ([REFUSED] * 5_000, None),
        ([*[BAD] * 49, UNSUPPORTED, *[BAD] * 1], None),
    ],
)
def test_the_breaker_trips_at_fifty_in_a_row_or_over_five_percent_of_a_thousand(
    outcomes: list[Outcome], index: int | None
) -> None:
    breaker = Breaker()
    assert breaker.trips_at(outcomes) == index
    for outcome in outcomes[:index]:
        assert breaker.trips_at([outcome]) is None
        breaker.remember([outcome])
    if index is not None:
        assert breaker.trips_at([outcomes[index]]) == 0


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_stood_still_is_no_messages_fault(feeds: Feeds, ledger: Ledger) -> None:
    integration = feeds.connected()
    runner = feeds.runner(integration)
    waits = Event()
    tried: list[str] = []

    def freeze(bets: Sequence[Bet], _now: datetime) -> list[BetResult]:
        tried.extend(one.gameround_id for one in bets)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
            waits.wait(0.2)
            cursor.execute("SELECT 1")
        raise AssertionError("the server would have ended it")

    good = [Item(one, runner.decoder.decode(one)) for one in (raw(bet("a1")), raw(bet("a2")))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.integrations.support.open_ledger", freeze)
        with pytest.raises(OperationalError):
            runner._applied(good)
    assert tried == ["a1", "a2"], "none is looked at by itself"
    assert not DeadLetter.objects.exists()
    assert position_of(integration).seen_count == 0
    runner._applied(good)
    assert sorted(ledger.contributed) == ["a1", "a2"]
    assert_invariants()
