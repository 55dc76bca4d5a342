"""ThrillDrops for tests: integrations, facts of our own jackpots, and a book that stands where players are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from backoffice.core import json
from backoffice.core.ids import derived_id
from backoffice.events.models import OutboxEvent
from backoffice.events.publish import Fact, publish
from integrations.models import Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Feeds

KIND = "thrilldrops"
BRANDS = ["thrilltech:brand1", "thrilltech:brand2"]


@dataclass
class Book:
    """Takes what is told of players, and answers as told: `refusals` by player, everything else is applied."""

    messages: list[PlayerMessage] = field(default_factory=list)
    sources: list[MessageSource] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    failures: int = 0

    def __call__(self, messages: Sequence[PlayerMessage], source: MessageSource, now: datetime) -> list[PlayerResult]:
        if self.failures:
            self.failures -= 1
            raise ValueError("this one cannot be digested")
        # What is rolled back was never told.
        transaction.on_commit(lambda: self._keep(messages, source))
        return [PlayerResult(self.refusals.get(one.identifier_value, "APPLIED")) for one in messages]

    def _keep(self, messages: Sequence[PlayerMessage], source: MessageSource) -> None:
        self.messages += messages
        self.sources += [source] * len(messages)

    @property
    def players(self) -> list[str]:
        """Whom it was told of, in order."""
        return [message.identifier_value for message in self.messages]


open_book = Book()


def connected(feeds: Feeds, transport: str, **changes: Any) -> Integration:
    """An active integration of ThrillDrops for the cast's brands."""
    set_kind_flag(Switch("thrilltech", KIND, is_enabled=True), actor=SYSTEM, now=feeds.cast.now)
    values: dict[str, Any] = {"kind": KIND, "transport": transport, "settings": {"brands": BRANDS}}
    return feeds.connected(**(values | changes))


def joined(cast: Cast, *players: str, operator_id: str = "thrilltech", kind: str = "ThrillPotsOptInEvent") -> None:
    """A fact for each player, every one in a transaction of its own."""
    for player in players:
        brand_id = f"{operator_id}:brand1"
        payload = {
            "player_brand_id": brand_id, "player_id": player, "jackpot_id": "j-1", "currency": "EUR",
            "contribution": None,
        }  # fmt: skip
        key = derived_id("test", operator_id, kind, player)
        fact = Fact(key, kind, operator_id, "i-1", json.encode(payload), cast.now, brand_id)
        with transaction.atomic():
            publish([fact])


def sequences(operator_id: str = "thrilltech") -> list[int]:
    """Numbers of the operator's events of the stream."""
    rows = OutboxEvent.objects.filter(operator_id=operator_id, kind__startswith="ThrillPots", sequence__isnull=False)
    return [row.sequence or 0 for row in rows.order_by("sequence")]
