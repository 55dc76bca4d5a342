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
    source = _source(feed.operator_id, feed.integration_id, feed.kind)
    results = handler([reading.content for reading in readings], source, feed.now)
    # Thousands of results are a handful of objects.
    outcomes = {id(result): _outcome_of(result) for result in {id(result): result for result in results}.values()}
    return [outcomes[id(result)] for result in results]


def _outcome_of(result: PlayerResult) -> Outcome:
    return Outcome("used" if result.is_used else "refused", result.code, result.detail)


@lru_cache(maxsize=1_024)
def _source(operator_id: str, integration_id: UUID, slug: str) -> MessageSource:
    # Nothing of an integration changes after it was submitted.
    settings = Integration.objects.values_list("settings", flat=True).get(pk=integration_id)["kind"]
    kind = kind_of(slug)
    defined = kind.definitions(settings).events if kind.definitions is not None else ()
    return MessageSource(
        operator_id=operator_id,
        integration_id=integration_id,
        kind=slug,
        is_optout_respected=kind.is_optout_respected(settings),
        is_segmentable=all(event.is_segmentable for event in defined),
    )
