"""What feeds tell of players, and what integrations bring into the data manager."""

from collections.abc import Sequence
from datetime import datetime

from campaigns.operations.define_for_integration import define_for_integration
from campaigns.operations.take_player_messages import take_player_messages as take
from campaigns.rules.intake import parts_of
from integrations.wire.players import Definitions, MessageSource, PlayerMessage, PlayerResult


def take_player_messages(messages: Sequence[PlayerMessage], source: MessageSource, now: datetime) -> list[PlayerResult]:
    """The result of each message in order, in the transaction of the feed's batch."""
    return [result for part in parts_of(messages) for result in take(part, source, now)]


def define(definitions: Definitions, source: MessageSource, now: datetime) -> None:
    """Create what an integration brings, in the transaction of the decision that connects it."""
    define_for_integration(definitions, source, now)
