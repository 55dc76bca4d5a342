"""The live page of an integration: pace, charts, partitions, gaps, alarms."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.core import clock
from backoffice.web.words import BLANK
from integrations.models import DeadLetter, FeedGap, FeedMember, FeedPosition, FeedSample, FeedStatus, Integration
from integrations.operations.prune_feed_samples import prune_feed_samples
from integrations.operations.sample_feeds import sample_feeds
from integrations.queries.feeds import feed_health
from integrations.queries.pace import minutes, pace, total
from integrations.web.live import pace_word
from integrations.wire.words import minutes_in_words
from tests.cast import Cast
from tests.integrations.support import Feeds, Ledger, bet, position_of, raw
from tests.integrations.test_pages import page

pytestmark = pytest.mark.django_db
Browser = Callable[[StaffUser], Client]


def test_samples_give_the_pace_and_the_minutes(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    start = cast.now.replace(second=0, microsecond=0)
    assert sample_feeds(now=start) == 1
    assert sample_feeds(now=start + timedelta(seconds=30)) == 0
    feeds.take(owned, *(raw(bet(f"a{number}")) for number in range(6)))
    FeedPosition.objects.update(lag_count=4)
    assert sample_feeds(now=start + timedelta(minutes=1)) == 1
    assert pace(integration.pk, 6, start + timedelta(seconds=30)) == 0.2
    assert pace(integration.pk, 6, start + timedelta(minutes=9)) is None
    none, last = minutes(integration.pk, start + timedelta(minutes=1, seconds=5), 2)
    assert (none.seen, none.lag) == (None, None)
    assert (last.seen, last.used, last.dead, last.lag, total([none, last])) == (6, 6, 0, 4, 6)
    assert prune_feed_samples(now=start + timedelta(days=9), kept=timedelta(days=8)) == 2
    assert not FeedSample.objects.exists()


def test_the_page_shows_who_reads_what_and_how_far(
    feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser
) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1")))
    FeedPosition.objects.update(lag_count=1_234)
    FeedMember.objects.create(
        operator=cast.operator, integration=integration, credentials="command", owner="feeds-1:77",
        lease_until=cast.now - timedelta(days=1), status=FeedStatus.RUNNING,
    )  # fmt: skip
    shown = page(browser_of(cast.analyst), "integration_live", integration.pk)
    assert "1,234" in shown
    assert "feeds-1:77" in shown
    assert "Worker silent" in shown
    assert "Messages a minute" in page(browser_of(cast.analyst), "integration_charts", integration.pk)
    assert "Show as a table" in page(browser_of(cast.analyst), "integration", integration.pk)


def test_a_feed_is_quiet_after_the_minutes_of_its_kind(feeds: Feeds, ledger: Ledger, cast: Cast) -> None:
    integration = feeds.connected()
    feeds.owned(integration)
    now = clock.now()
    FeedPosition.objects.update(
        status=FeedStatus.RUNNING, lease_until=now + timedelta(minutes=1), last_message_at=now - timedelta(minutes=14)
    )
    assert not feed_health(Integration.objects.get(pk=integration.pk), now).is_quiet
    FeedPosition.objects.update(last_message_at=now - timedelta(minutes=16))
    health = feed_health(Integration.objects.get(pk=integration.pk), now)
    assert (health.is_quiet, health.quiet_minutes) == (True, 15)


def test_a_gap_is_shown_and_let_go_on_from_with_a_reason(feeds: Feeds, cast: Cast, browser_of: Browser) -> None:
    integration = feeds.connected()
    feeds.owned(integration)
    FeedPosition.objects.update(status=FeedStatus.GAP, lease_until=None)
    gap = FeedGap.objects.create(
        operator=cast.operator, integration=integration, position=position_of(integration), topic="igtl.command",
        partition=2, from_offset=100, to_offset=350, reason="EXPIRED", found_at=cast.now,
    )  # fmt: skip
    client = browser_of(cast.manager)
    shown = page(client, "integration", integration.pk)
    assert "Messages are gone" in shown
    assert "Go on without them" in shown
    address = reverse("integration_accept_gap", args=[integration.pk])
    assert "partition 2: it stands at message 100" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "The partner sends them again."}).status_code == 302
    gap.refresh_from_db()
    assert gap.accepted_by == cast.manager.email
    assert client.get(address).status_code == 404


def test_no_page_of_integrations_takes_more_than_twelve_queries(
    feeds: Feeds, ledger: Ledger, cast: Cast, browser_of: Browser
) -> None:
    integration = feeds.connected()
    feeds.take(feeds.owned(integration), raw(bet("a1")), raw(bet("a2", origin="nowhere")))
    client, key = browser_of(cast.admin), [integration.pk]
    names = ("integration", "integration_live", "integration_charts", "integration_messages", "integration_rounds")
    addresses = [*(reverse(name, args=key) for name in names), reverse("dead_letters"), reverse("marketplace")]
    addresses.append(reverse("dead_letter", args=[DeadLetter.objects.get().pk]))
    taken = {}
    for address in (*addresses, *addresses):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        taken[address] = len(captured)
    assert {address: count for address, count in taken.items() if count > 12} == {}


@pytest.mark.parametrize(
    ("pace_now", "shown"), [(None, BLANK), (0.25, "0.2"), (9.96, "10.0"), (12.4, "12"), (12_345.6, "12,346")]
)
def test_a_pace_is_told_in_whole_messages_where_it_is_fast(pace_now: float | None, shown: str) -> None:
    assert pace_word(pace_now) == shown


@pytest.mark.parametrize(
    ("minute", "shown"), [(1, "1 minute"), (15, "15 minutes"), (60, "1 hour"), (1_560, "26 hours"), (2_880, "2 days")]
)
def test_minutes_are_told_in_the_largest_whole_unit(minute: int, shown: str) -> None:
    assert minutes_in_words(minute) == shown
