"""What a manager should see before any figure."""

from dataclasses import dataclass

from backoffice.tenancy.scope import Scope
from integrations.queries.alarms import feed_alarms
from jackpots.queries.statistics import owed_wins
from jackpots.queries.suspensions import holding


@dataclass(frozen=True, slots=True)
class Alarms:
    """Counts; 0 is well."""

    stopped_feeds: int
    dead_letters: int
    crowded_feeds: int
    owed_wins: int
    withheld_wins: int
    suspended: int = 0


def alarms(scope: Scope) -> Alarms:
    """What waits or stands still in the scope."""
    feeds, wins = feed_alarms(scope), owed_wins(scope)
    return Alarms(
        feeds.stopped_feeds, feeds.dead_letters, feeds.crowded_feeds, wins.owed, wins.withheld, holding(scope).count()
    )
