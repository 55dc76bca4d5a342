"""Whatever a Fast Track feed brings: each message goes to what takes its kind, the outcomes keep their order."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from backoffice.core.bulk import run_bulk
from integrations.kinds.fasttrack import names
from integrations.operations.mark_stale_players import StaleMarks, mark_stale_players
from integrations.operations.settle_messages import Feed
from integrations.operations.take_bonuses import take_bonuses
from integrations.operations.take_casino_activities import take_casino_activities
from integrations.operations.take_payments import take_payments
from integrations.operations.take_player_messages import take_player_messages
from integrations.wire.casino import CasinoActivity
from integrations.wire.decoded import Decoded
from integrations.wire.outcomes import Outcome
from integrations.wire.payments import BonusMessage, PaymentMessage
from integrations.wire.players import PlayerMessage

Taker = Callable[[Feed, Sequence[Decoded], StaleMarks], list[Outcome]]
_TAKERS: Final[dict[type, Taker]] = {
    CasinoActivity: take_casino_activities,
    PaymentMessage: take_payments,
    BonusMessage: take_bonuses,
}


def take_fast_track(feed: Feed, readings: Sequence[Decoded]) -> list[Outcome]:
    """Bets and wins, payments, bonuses, and last what profiles are told; an outcome for each reading in order."""
    # Several partitions of a topic are read at once, each in a transaction of its own.
    run_bulk("SELECT pg_advisory_xact_lock(hashtextextended(%b, 0))", [f"fasttrack {feed.integration_id}"])
    stale = StaleMarks()
    outcomes: dict[int, Outcome] = {}
    for content, take in _TAKERS.items():
        places = [place for place, reading in enumerate(readings) if type(reading.content) is content]
        if places:
            outcomes.update(zip(places, take(feed, [readings[place] for place in places], stale), strict=True))
    if len(readings) > sum(type(reading.content) is CasinoActivity for reading in readings):
        outcomes.update(_told(feed, readings, outcomes))
        _mark_logins(readings, outcomes, stale)
    mark_stale_players(feed, stale)
    return [outcomes[place] for place in range(len(readings))]


def _told(feed: Feed, readings: Sequence[Decoded], outcomes: dict[int, Outcome]) -> dict[int, Outcome]:
    """Tell the profiles, in the order of the messages; what became of those that are about players alone."""
    told: dict[int, Decoded] = {}
    for place, reading in enumerate(readings):
        if isinstance(reading.content, PlayerMessage):
            told[place] = reading
        elif isinstance(reading.content, PaymentMessage | BonusMessage) and outcomes[place].bucket == "used":
            told[place] = msgspec.structs.replace(reading, content=reading.content.event)
    if not told:
        return {}
    results = zip(told, take_player_messages(feed, list(told.values())), strict=True)
    return {place: result for place, result in results if place not in outcomes}


def _mark_logins(readings: Sequence[Decoded], outcomes: dict[int, Outcome], stale: StaleMarks) -> None:
    for place, reading in enumerate(readings):
        message = reading.content
        if not isinstance(message, PlayerMessage) or message.event != names.LOGIN or outcomes[place].bucket != "used":
            continue
        # Staff who look at the site as a player are not the player.
        if not message.properties.get("is_impersonated"):
            at = datetime.fromtimestamp(message.happened_at_ms / 1000, UTC)
            stale.logged_in(message.brand_id, message.identifier_value, at)
