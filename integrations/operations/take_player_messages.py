"""What messages say of players goes to whoever keeps them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.utils.module_loading import import_string

from backoffice import subscriptions
from integrations.operations.settle_messages import Feed
from integrations.wire.decoded import Decoded
from integrations.wire.outcomes import Outcome
from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult

MESSAGES: Final = "players.messages"
PlayerHandler = Callable[[Sequence[PlayerMessage], MessageSource, datetime], list[PlayerResult]]


def take_player_messages(feed: Feed, readings: Sequence[Decoded]) -> list[Outcome]:
    """Hand over the messages of one batch, in the transaction of who calls; an outcome for each reading in order."""
    handler: PlayerHandler = import_string(subscriptions.FEED_MESSAGES[MESSAGES])
    source = MessageSource(operator_id=feed.operator_id, integration_id=feed.integration_id, kind=feed.kind)
    results = handler([reading.content for reading in readings], source, feed.now)
    return [Outcome("used" if result.is_used else "refused", result.code, result.detail) for result in results]
