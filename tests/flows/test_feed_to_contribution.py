"""From a message on a real RabbitMQ to a pot that grew, and back where the bet is taken back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from integrations.models import FeedStatus, Integration
from jackpots.models import Contribution, Pot
from tests.cast import Cast
from tests.integrations import conftest as fixtures
from tests.integrations.support import Broker, Feeds, bet, counts_of, position_of, wait_for
from tests.integrations.workers import worker
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)
feeds, broker = fixtures.feeds, fixtures.broker
Browser = Callable[[StaffUser], Client]


def submit_by_the_page(client: Client, broker: Broker) -> Integration:
    sent = {
        "name": "Casino bets", "server": "partner", **broker.settings(), "virtual_host": broker.virtual_host,
        "prefetch": "500", "routing_key": "#", **broker.credentials, "brands": "sub.example.com = thrilltech:brand1",
        "default_source_id": "sitewide-casino", "own_games": "90001", "reason": "The casino goes live.",
    }  # fmt: skip
    response = client.post(reverse("integration_new", args=["fasttrack", "rabbitmq"]), sent)
    assert response.status_code == 302, response.content.decode()
    return Integration.objects.get()


@pytest.mark.req("GEN-10", "GEN-11", "GEN-12", "FTC-01", "FTC-02", "FTC-05", "FTC-08", "B-18", "IGT-04", "GIG-07")
def test_bets_of_a_feed_grow_the_pot_once_it_is_approved(
    feeds: Feeds,
    cast: Cast,
    broker: Broker,
    browser_of: Browser,
    tmp_path: Path,
) -> None:
    value_before = sum(pot.value_micros for pot in Pot.objects.filter(instance=cast.instance))
    with worker(tmp_path / "worker.log"):
        integration = submit_by_the_page(browser_of(cast.admin), broker)
        request = reverse("approval", args=[integration.approval_id])
        assert browser_of(cast.admin).post(request, {"act": "approve", "reason": "Mine."}).status_code != 302
        assert Approval.objects.get(kind="integration.connect").state == "pending"
        bets = [bet(f"a{number}", user_id=f"player_{number % 7:05d}", amount=2) for number in range(60)]
        broker.publish(*bets, bet("own", game_id="90001"))
        assert browser_of(cast.approver).post(request, {"act": "approve", "reason": "Looked at."}).status_code == 302
        wait_for(lambda: Contribution.objects.count() == 60, 60)

        broker.publish(bet("a3", user_id="player_00003", amount=2, status="Rollback"))
        broker.publish(bet("late", status="Rollback"))
        broker.publish(bet("late"), *bets)
        wait_for(lambda: position_of(integration).seen_count == 124, 30)
        wait_for(lambda: position_of(integration).status == FeedStatus.RUNNING)

    assert counts_of(integration) == {
        "ACCEPTED": 60, "OWN_JACKPOT": 1, "MARKED": 1, "ROLLED_BACK": 1, "ROLLED_BACK_BEFORE": 1, "DUPLICATE": 60,
    }  # fmt: skip
    contributions = list(Contribution.objects.order_by("gameround_id"))
    assert {contribution.gameround_id for contribution in contributions} == {one["activity_id"] for one in bets}
    assert {contribution.target for contribution in contributions} == {"source:sitewide-casino"}
    marked = [contribution.gameround_id for contribution in contributions if contribution.mark]
    assert marked == ["a3"]
    assert contributions[0].base_wager_micros == 2_000_000
    assert (contributions[0].metadata or {})["round_id"] == f"r-{contributions[0].gameround_id}"
    value_after = sum(pot.value_micros for pot in Pot.objects.filter(instance=cast.instance))
    assert value_after > value_before
    assert broker.waiting() == 0
    assert_invariants()


@pytest.mark.req("GEN-11")
def test_deposits_reach_a_source_of_their_own(feeds: Feeds, cast: Cast, broker: Broker) -> None:
    cast.house.source_for(cast.instance, source_id="deposit")
    rules = [{"vendor_id": "cashier", "source_id": "deposit"}]
    integration = feeds.from_queue(broker, settings=feeds.mapping(sources=rules))
    broker.publish(bet("d1", vendor_id="cashier", game_id="deposit"), bet("a1"))
    assert feeds.runner(integration).run_until_idle() == 2
    assert dict(Contribution.objects.values_list("gameround_id", "target")) == {
        "d1": "source:deposit",
        "a1": "source:sitewide-casino",
    }
    assert_invariants()


@pytest.mark.req("B-18", "B-19")
def test_a_business_refusal_stops_no_feed(feeds: Feeds, cast: Cast, broker: Broker) -> None:
    integration = feeds.from_queue(broker, settings=feeds.mapping(default_source_id="nothing-of-that-name"))
    broker.publish(*(bet(f"a{number}") for number in range(80)))
    assert feeds.runner(integration).run_until_idle() == 80
    assert counts_of(integration) == {"GAME_NOT_FOUND": 80}
    assert position_of(integration).refused_count == 80
    assert not Contribution.objects.exists()
    assert_invariants()
