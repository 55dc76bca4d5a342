"""Feeds in real Celery workers: started by approval, stopped by disconnection, taken over from the dead."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations.models import FeedPosition, FeedStatus, GameActivity, Integration
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.restart_feed import restart_feed
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Broker, Feeds, bet, position_of, wait_for
from tests.integrations.workers import is_ready, process, worker
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)


def activity_ids() -> set[str]:
    return set(GameActivity.objects.values_list("activity_id", flat=True))


def status_of(integration: Integration) -> str:
    position = FeedPosition.objects.filter(integration=integration).first()
    return position.status if position else ""


@pytest.mark.req("IGT-04", "GIG-07", "FTC-01")
def test_a_running_worker_follows_approvals_and_disconnections(
    feeds: Feeds, cast: Cast, broker: Broker, tmp_path: Path
) -> None:
    with worker(tmp_path / "worker.log") as running:
        integration = feeds.submit(transport="rabbitmq", connection=broker.settings(), credentials=broker.credentials)
        broker.publish(bet("a1"))
        wait_for(is_ready, 60)
        assert activity_ids() == set()
        feeds.decide(integration)
        wait_for(lambda: activity_ids() == {"a1"})
        wait_for(lambda: status_of(integration) == FeedStatus.RUNNING)

        disconnect_integration(integration.pk, reason="Over.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
        broker.publish(bet("a2"))
        wait_for(lambda: broker.waiting() == 1)
        assert activity_ids() == {"a1"}
        assert status_of(integration) == FeedStatus.STOPPED

        again = feeds.connected(
            transport="rabbitmq",
            connection=broker.settings(),
            credentials=broker.credentials,
            copied_from=integration.pk,
        )
        wait_for(lambda: activity_ids() == {"a1", "a2"})
        assert position_of(again).used_count + position_of(again).refused_count == 1
        assert running.poll() is None
    assert running.returncode == 0
    assert status_of(again) == FeedStatus.STOPPED
    assert_invariants()


@pytest.mark.req("GEN-10")
def test_a_worker_runs_more_feeds_than_its_pool_has_connections(feeds: Feeds, tmp_path: Path) -> None:
    integrations = [feeds.connected() for _ in range(6)]

    def all_move() -> bool:
        seen = [FeedPosition.objects.filter(integration=one, seen_count__gte=10).count() for one in integrations]
        return seen == [1] * len(integrations)

    with worker(tmp_path / "worker.log"):
        wait_for(is_ready, 60)
        wait_for(all_move, 60)
        assert {status_of(one) for one in integrations} == {FeedStatus.RUNNING}
    assert "database_trouble" not in (tmp_path / "worker.log").read_text()
    assert_invariants()


def test_the_feed_of_a_killed_worker_is_taken_over(feeds: Feeds, broker: Broker, tmp_path: Path) -> None:
    integration = feeds.from_queue(broker)
    with worker(tmp_path / "first.log", "first", lease_seconds=5) as first:
        broker.publish(*(bet(f"a{number}") for number in range(50)))
        wait_for(lambda: len(activity_ids()) == 50, 60)
        owner = position_of(integration).owner
        with worker(tmp_path / "second.log", "second", lease_seconds=5):
            wait_for(lambda: is_ready("second"), 60)
            first.kill()
            first.wait()
            broker.publish(*(bet(f"b{number}") for number in range(50)))
            wait_for(lambda: len(activity_ids()) == 100, 30)
            position = position_of(integration)
            assert position.owner != owner
            assert position.owner_epoch == 2
    assert position_of(integration).seen_count >= 100
    assert_invariants()


@pytest.mark.req("B-19")
def test_a_feed_that_its_breaker_stopped_waits_for_somebody(
    feeds: Feeds, cast: Cast, broker: Broker, tmp_path: Path
) -> None:
    integration = feeds.from_queue(broker)
    broker.publish(*(bet(f"b{number}", origin="nowhere") for number in range(60)), bet("a1"))
    with worker(tmp_path / "worker.log"):
        wait_for(lambda: status_of(integration) == FeedStatus.TRIPPED, 60)
        wait_for(lambda: broker.waiting() == 11)
        restart_feed(integration.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now, reason="The sender is mended.")
        wait_for(lambda: activity_ids() == {"a1"})
    assert position_of(integration).dead_count == 60
    assert_invariants()


@pytest.mark.usefixtures("whole_signals")
def test_consume_feed_runs_one_feed_by_itself_and_drains_on_sigterm(
    feeds: Feeds, broker: Broker, tmp_path: Path
) -> None:
    integration = feeds.from_queue(broker, name="Casino")
    broker.publish(bet("a1"))
    with process("manage.py", "consume_feed", "Casino", log=tmp_path / "feed.log") as running:
        wait_for(lambda: activity_ids() == {"a1"}, 60)
        with pytest.raises(CommandError, match="owns this feed"):
            # It would end in any case: a feed that is taken from the other one must not keep this test for ever.
            call_command("consume_feed", str(integration.pk), "--until-empty")
    assert running.returncode == 0
    assert position_of(integration).owner == ""
    assert broker.waiting() == 0


def test_consume_feed_knows_only_what_is_connected(feeds: Feeds) -> None:
    waiting = feeds.submit()
    with pytest.raises(CommandError, match="No connected integration"):
        call_command("consume_feed", str(waiting.pk))
    with pytest.raises(CommandError, match="No connected integration"):
        call_command("consume_feed", "nothing of that name")


def test_the_replay_sends_its_samples_through_the_same_path(feeds: Feeds, tmp_path: Path) -> None:
    settings = feeds.mapping(brands=[{"origin": "sub.example.com", "brand_id": "thrilltech:brand1"}])
    integration = feeds.connected(settings=settings, connection={"sample": "documented", "per_second": 100})
    with process("manage.py", "consume_feed", integration.name, log=tmp_path / "feed.log"):
        wait_for(lambda: status_of(integration) == FeedStatus.FINISHED, 60)
    position = position_of(integration)
    assert (position.seen_count, position.dead_count) == (6, 2)
    assert_invariants()
