"""What messages say of players goes to whoever keeps them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.utils.module_loading import import_string

from backoffice import subscriptions
from integrations.kinds.registry import kind_of
from integrations.models import Integration
from integrations.operations.settle_messages import Feed
from integrations.wire.decoded import Decoded
from integrations.wire.outcomes import Outcome
from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult

MESSAGES: Final = "players.messages"
PlayerHandler = Callable[[Sequence[PlayerMessage], MessageSource, datetime], list[PlayerResult]]


def take_player_messages(feed: Feed, readings: Sequence[Decoded]) -> list[Outcome]:
    """Hand over the messages of one batch, in the transaction of who calls; an outcome for each reading in order."""
    handler: PlayerHandler = import_string(subscriptions.FEED_MESSAGES[MESSAGES])
    source = MessageSource(
        operator_id=feed.operator_id,
        integration_id=feed.integration_id,
        kind=feed.kind,
        is_optout_respected=_is_optout_respected(feed.kind, feed.integration_id),
    )
    results = handler([reading.content for reading in readings], source, feed.now)
    return [Outcome("used" if result.is_used else "refused", result.code, result.detail) for result in results]


@lru_cache(maxsize=1_024)
def _is_optout_respected(kind: str, integration_id: UUID) -> bool:
    # Nothing of an integration changes after it was submitted.
    settings = Integration.objects.values_list("settings", flat=True).get(pk=integration_id)
    return kind_of(kind).is_optout_respected(settings["kind"])
