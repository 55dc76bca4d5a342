"""From a win to the player's timeline: jackpots tell it, the outbox numbers it, a feed of the stream brings it."""

from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from backoffice.core import json
from backoffice.events.models import OutboxEvent
from backoffice.events.tasks import relay_outbox
from campaigns.models import PlayerEvent, Profile
from integrations.models import FeedStatus, Integration
from jackpots.models import Credit, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.rules.terms import StrategyTerms
from tests.cast import Cast, sure_draft
from tests.contracts.thrilldrops.shapes import EXTERNAL, SECRET, event
from tests.integrations import conftest as fixtures
from tests.integrations.api.test_receiving import send
from tests.integrations.drops import connected
from tests.integrations.own_redis import OwnRedis
from tests.integrations.support import Feeds, counts_of, position_of, wait_for
from tests.integrations.workers import worker
from tests.invariants import assert_invariants
from tests.outbox import number_all
from tests.raffles import HOUR, bet, open_raffle, resolved

pytestmark = pytest.mark.django_db(transaction=True)
feeds, own_redis = fixtures.feeds, fixtures.own_redis


def play(cast: Cast, now: Any) -> None:
    """Wins with a community, an opt-in, and a raffle's prize."""
    strategy = StrategyTerms(position=0, kind="active", share_ppm=100_000, count=5, hours=24)
    instance = cast.house.open(sure_draft(strategies=(strategy,)))
    contribute([cast.house.request(instance, player, currency="SEK") for player in ("ann", "bob", "cid")], now=now)
    request = OptInRequest(
        operator_id="thrilltech", instance_id=instance.pk, brand_id="thrilltech:brand1", player_id="dee",
        player_country="MT", opt_in=True,
    )  # fmt: skip
    opt_in(request, now=now)
    raffle = open_raffle(cast.house)
    bet(cast.house, raffle, "eve", 10, now)
    resolved(raffle, now + HOUR + timedelta(seconds=2))


def told() -> list[tuple[str, str, Any]]:
    """Event, player and data of what the outbox holds for campaigns, player by player, of each in its order."""
    rows = OutboxEvent.objects.filter(kind__startswith="ThrillPots").order_by("sequence")
    datas = [(row.kind, json.decode(bytes(row.payload))) for row in rows]
    return sorted(((kind, data["player_id"], data) for kind, data in datas), key=itemgetter(1))


def kept(integration: Integration) -> list[tuple[str, str, Any]]:
    """The same of the timelines."""
    players = dict(Profile.objects.values_list("pk", "player_id"))
    rows = PlayerEvent.objects.filter(integration_id=integration.pk).order_by("id")
    return sorted(((row.event, players[row.profile_id or 0], row.properties) for row in rows), key=itemgetter(1))


@pytest.mark.req("DRP-01", "DRP-03", "DRP-10", "DRP-11", "DRP-12", "DRP-13", "B-22", "GEN-11")
def test_what_players_win_is_in_their_timelines_once(cast: Cast, feeds: Feeds, own_redis: OwnRedis) -> None:
    stream = connected(feeds, "redis_stream")
    play(cast, cast.now)
    number_all()
    relay_outbox()
    runner = feeds.runner(stream)
    expected = told()
    assert len(expected) == Win.objects.count() + Credit.objects.count() + 1
    runner.batch_size = 3
    assert runner.run_until_idle(0.05) == len(expected)
    own_redis.empty()
    relay_outbox()
    assert runner.run_until_idle(0.05) == 0
    runner.leave()
    assert kept(stream) == expected
    assert set(PlayerEvent.objects.values_list("topic", flat=True)) == {"Internal"}
    ann = Profile.objects.get(player_id="ann")
    assert ann.attributes["td_last_jackpot_win_at"] == "2026-03-14T09:26:53.589Z"
    assert set(Profile.objects.values_list("player_id", flat=True)) >= {"ann", "bob", "cid", "dee", "eve"}
    assert_invariants()


@pytest.mark.req("DRP-13", "IGT-04", "G-23")
def test_a_worker_brings_wins_to_players_once_the_feed_is_approved(cast: Cast, feeds: Feeds, tmp_path: Path) -> None:
    with worker(tmp_path / "worker.log"):
        stream = connected(feeds, "redis_stream")
        wait_for(lambda: stream.positions.filter(status=FeedStatus.RUNNING).exists(), 60)
        play(cast, cast.now)
        number_all()
        relay_outbox()
        expected = told()
        wait_for(lambda: position_of(stream).used_count == len(expected), 60)
    assert kept(stream) == expected
    assert_invariants()


@pytest.mark.req("DRP-02", "DRP-04", "DRP-06", "DRP-07", "DRP-08", "DRP-09")
def test_what_a_platform_pushes_is_in_the_timeline_of_its_player(cast: Cast, feeds: Feeds) -> None:
    door = connected(feeds, "http")
    for tag in EXTERNAL:
        assert send(cast, event(tag))[1]["status"] == "accepted"
        assert send(cast, event(tag))[1]["status"] == "duplicate"
    assert [name for name, player, _ in kept(door) if player == "player_00001"] == list(EXTERNAL)
    player = Profile.objects.get(player_id="player_00001")
    assert player.attributes["td_channel_type"] == "DesktopWeb"
    assert player.attributes["td_country"] == "MT"
    assert SECRET not in repr(list(PlayerEvent.objects.values())) + repr(list(Profile.objects.values()))
    assert counts_of(door)["DUPLICATE"] == 5
    assert_invariants()
