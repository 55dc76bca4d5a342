"""What Prometheus is told beside django-prometheus's own series: a few cheap questions at each scrape."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import Error
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from backoffice.core import clock
from backoffice.events.queries import cursors, unnumbered_lag
from backoffice.tenancy.scope import Scope
from integrations.queries.alarms import feed_alarms, feed_lags
from jackpots.queries.meters import counted_since

EVERYTHING = Scope(None)


class Gauges(Collector):
    """Asked anew at each scrape, in whichever process takes it."""

    def collect(self) -> Iterator[Metric]:
        """Every series; `potluck_database_up` is 0 and the others are absent where the database does not answer."""
        up = GaugeMetricFamily("potluck_database_up", "Whether the database answered this scrape.")
        try:
            found = [*_jackpots(), *_outbox(), *_feeds()]
        except Error:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from found


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _jackpots() -> Iterator[Metric]:
    contributions, wins, refused = counted_since(clock.now() - timedelta(minutes=5))
    yield _gauge("potluck_contributions_5m", "Contributions of the last five minutes.", contributions)
    yield _gauge("potluck_wins_5m", "Wins of the last five minutes.", wins)
    yield _gauge("potluck_refusals_5m", "Refused contributions of the last five minutes.", refused)


def _outbox() -> Iterator[Metric]:
    now = clock.now()
    held = unnumbered_lag(now).total_seconds()
    yield _gauge("potluck_outbox_unnumbered_seconds", "Age of the oldest event without a number.", held)
    behind = GaugeMetricFamily("potluck_outbox_behind", "Events that wait for a subscriber.", labels=["subscriber"])
    lag = GaugeMetricFamily("potluck_outbox_lag_seconds", "Age of the oldest of them.", labels=["subscriber"])
    dead = GaugeMetricFamily("potluck_event_dead_letters", "Events a subscriber could not use.", labels=["subscriber"])
    for cursor in cursors():
        seconds = (now - cursor.oldest).total_seconds() if cursor.oldest else 0
        behind.add_metric([cursor.subscriber], cursor.behind)
        lag.add_metric([cursor.subscriber], max(seconds, 0))
        dead.add_metric([cursor.subscriber], cursor.dead)
    yield from (behind, lag, dead)


def _feeds() -> Iterator[Metric]:
    alarms = feed_alarms(EVERYTHING)
    yield _gauge("potluck_feeds_stopped", "Active integrations none of whose feeds runs.", alarms.stopped_feeds)
    yield _gauge("potluck_feed_dead_letters", "Messages of feeds that wait for somebody.", alarms.dead_letters)
    crowded = "Active integrations with four fifths of the dead letters at which a feed stops."
    yield _gauge("potluck_feeds_crowded", crowded, alarms.crowded_feeds)
    labels = ["integration", "kind", "status"]
    lag = GaugeMetricFamily("potluck_feed_lag_messages", "Messages that a feed has not read yet.", labels=labels)
    quiet = GaugeMetricFamily("potluck_feed_quiet_seconds", "Time since a feed's last message.", labels=labels)
    for feed in feed_lags(clock.now()):
        named = [feed.integration_id, feed.kind, feed.status]
        if feed.lag is not None:
            lag.add_metric(named, feed.lag)
        if feed.seconds_since_message is not None:
            quiet.add_metric(named, feed.seconds_since_message)
    yield from (lag, quiet)


def registry() -> CollectorRegistry:
    """Apart from the process's own registry: with several processes that one is merged from files, these are not."""
    own = CollectorRegistry(auto_describe=False)
    own.register(Gauges())
    return own
