"""What feeds brought is forgotten in time, and never what is still needed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from integrations.models import DeadLetter, FeedMessage, FeedStatus, GameActivity, GameRound
from integrations.operations.prune_dead_letters import prune_dead_letters
from integrations.operations.prune_feed_messages import prune_feed_messages
from integrations.operations.prune_game_rounds import prune_game_rounds
from integrations.operations.prune_player_history import prune_player_history
from integrations.operations.refresh_players import Refresh, refresh_players
from integrations.operations.replay_dead_letter import replay_dead_letter
from integrations.operations.set_aside_dead_letter import set_aside_dead_letter
from integrations.queries.alarms import feed_alarms
from integrations.tasks import prune_feeds
from jackpots.models import Contribution
from tests.cast import SYSTEM, Cast
from tests.integrations.profiles import Profiles
from tests.integrations.support import Broker, Feeds, Ledger, bet, counts_of, position_of, raw
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.mark.req("FTC-05", "B-18")
def test_a_message_is_recognised_for_as_long_as_it_is_kept(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned, sent = feeds.owned(integration), raw(bet("a1"))
    feeds.take(owned, sent)
    assert prune_feed_messages(now=cast.now + 90 * DAY, kept=90 * DAY) == 0
    feeds.take(owned, sent)
    assert counts_of(integration) == {"ACCEPTED": 1, "DUPLICATE": 1}
    assert prune_feed_messages(now=cast.now + 90.5 * DAY, kept=90 * DAY) == 1
    assert not FeedMessage.objects.exists()
    assert_invariants()


@pytest.mark.req("B-01", "B-18")
def test_a_message_that_comes_again_after_that_contributes_no_second_time(feeds: Feeds, cast: Cast) -> None:
    assert cast.source.source_id == "sitewide-casino"
    integration = feeds.connected()
    owned, sent = feeds.owned(integration), raw(bet("a1"))
    feeds.take(owned, sent)
    pots = {pot.pk: pot.value_micros for pot in cast.instance.pots.all()}
    for is_round_gone in (False, True):
        prune_feed_messages(now=cast.now + 500 * DAY, kept=90 * DAY)
        if is_round_gone:
            assert prune_game_rounds(now=cast.now + 5_000 * DAY, kept=400 * DAY) == 1
        feeds.take(owned, sent)
        assert {pot.pk: pot.value_micros for pot in cast.instance.pots.all()} == pots
        assert GameRound.objects.get().bet_count == 1
    assert Contribution.objects.count() == 1
    assert_invariants()


@pytest.mark.req("B-18")
def test_a_round_goes_whole_once_nothing_happens_in_it(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(
        owned,
        raw(bet("old", round_id="r1", timestamp="2015-03-02T08:00:00.000000Z")),
        raw(bet("late", round_id="r1", timestamp="2015-04-20T08:00:00.000000Z")),
        raw(bet("other", round_id="r2", timestamp="2015-03-02T08:00:00.000000Z")),
    )
    last = GameRound.objects.get(round_id="r1").last_at
    assert prune_game_rounds(now=last + 30 * DAY, kept=30 * DAY) == 1
    assert [row.round_id for row in GameRound.objects.all()] == ["r1"]
    assert set(GameActivity.objects.values_list("activity_id", flat=True)) == {"old", "late"}
    assert prune_game_rounds(now=last + 31 * DAY, kept=30 * DAY) == 1
    assert not GameActivity.objects.exists()
    assert_invariants()


@pytest.mark.req("B-19")
def test_a_dead_letter_that_waits_is_never_forgotten(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    ledger.poisoned_players.add("52530")
    feeds.take(owned, *(raw(bet(name)) for name in ("waits", "aside", "again")), one_by_one=True)
    waits, aside, again = DeadLetter.objects.order_by("id")
    ledger.poisoned_players.clear()
    set_aside_dead_letter(aside.pk, reason="Known", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    replay_dead_letter(again.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert prune_dead_letters(now=cast.now + 180 * DAY, kept=180 * DAY) == 0
    assert prune_dead_letters(now=cast.now + 181 * DAY, kept=180 * DAY) == 2
    assert list(DeadLetter.objects.all()) == [waits]
    position = position_of(integration)
    assert (position.dead_count, position.forgotten_count) == (2, 1)
    assert AuditEntry.objects.get(action="dead_letters.forgotten").after == {"dead letters": 2}
    assert_invariants()
    replay_dead_letter(waits.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert position_of(integration).dead_count == 1
    with pytest.raises(Refusal, match="NOT_FOUND"):
        replay_dead_letter(aside.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert_invariants()


@pytest.mark.req("B-19")
def test_the_database_lets_nothing_go_before_its_time(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.cast.now = timezone.localtime()
    feeds.take(owned, raw(bet("a1")), raw(b"{", "CASINO"))
    for rows in (FeedMessage.objects.all(), DeadLetter.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_slices_are_small_and_the_task_takes_all_of_them(
    feeds: Feeds, ledger: Ledger, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), *(raw(bet(f"a{number}")) for number in range(7)))
    later = cast.now + 5_000 * DAY
    assert prune_feed_messages(now=later, kept=90 * DAY, limit=3) == 3
    assert prune_game_rounds(now=later, kept=400 * DAY, limit=3) == 3
    assert (FeedMessage.objects.count(), GameActivity.objects.count()) == (4, 4)
    monkeypatch.setattr("integrations.tasks.clock.now", lambda: later)
    prune_feeds()
    assert not FeedMessage.objects.exists()
    assert not GameRound.objects.exists()
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-19")
def test_a_feed_stops_where_too_many_dead_letters_wait(
    feeds: Feeds, ledger: Ledger, broker: Broker, cast: Cast, settings: object
) -> None:
    settings.DEAD_LETTERS_MOST = 10  # type: ignore[attr-defined]
    integration = feeds.from_queue(broker)
    broker.publish(*(bet(f"b{number}", origin="nowhere") for number in range(8)))
    runner = feeds.runner(integration)
    runner.run_until_idle()
    runner.leave()
    assert feed_alarms(cast.house.scope).crowded_feeds == 1
    assert position_of(integration).status != FeedStatus.TRIPPED
    broker.publish(*(bet(f"c{number}", origin="nowhere") for number in range(2)))
    runner = feeds.runner(integration)
    runner.batch_size = 1
    runner.run()
    position = position_of(integration)
    assert (position.status, position.dead_count) == (FeedStatus.TRIPPED, 10)
    assert "10 dead letters wait" in position.status_detail
    broker.publish(bet("d1"))
    assert broker.waiting() == 1
    assert_invariants()


@pytest.mark.req("FTC-05", "FTC-13")
def test_who_never_stops_playing_keeps_only_rounds_of_their_own(
    feeds: Feeds, ledger: Ledger, profiles: Profiles
) -> None:
    owned = feeds.owned(feeds.connected())
    start = datetime(2026, 3, 14, 10, tzinfo=UTC)

    def at(minute: int) -> str:
        return (start + timedelta(minutes=minute)).isoformat()

    feeds.take(owned, *(raw(bet(f"restless{minute}", timestamp=at(minute))) for minute in range(0, 80, 20)))
    feeds.take(owned, *(raw(bet(f"b{number}", user_id="once", timestamp=at(number))) for number in range(3)))
    refresh_players(Refresh(start + 10 * DAY, timedelta(minutes=30)))
    now, kept = start + 30 * DAY + timedelta(minutes=50), 30 * DAY
    assert prune_player_history(now=now, kept=kept) == 1
    assert [prune_game_rounds(now=now, kept=kept, limit=2) for _ in range(4)] == [1, 1, 1, 0]
    assert set(GameRound.objects.values_list("player_id", flat=True)) == {"52530"}
    assert_invariants()
