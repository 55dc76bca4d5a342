"""Take what a feed tells of players: into their profiles, the timeline, the history and the counts, in one go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from backoffice.core.bulk import copying
from backoffice.core.clock import epoch_ms
from backoffice.core.json import encode
from campaigns.operations.count_events import Counts, EventKey, count_events
from campaigns.operations.load_players import Player, PlayerKey, load_players
from campaigns.operations.save_players import count_choices, save_players
from campaigns.queries.books import Book, books
from campaigns.rules.intake import NOT_OF_ITS_TYPE, UNKNOWN_ATTRIBUTE, refusal_of
from campaigns.rules.merging import OLDER, Changes, concerns_standing, merge_attributes, merge_standing
from campaigns.rules.player import SYSTEM_ATTRIBUTES, Value
from campaigns.wire.event_rows import COLUMNS, event_row, shared_part
from integrations.wire.players import MessageSource, PlayerMessage, PlayerResult

APPLIED: Final = PlayerResult("APPLIED")
RECORDED: Final = PlayerResult("RECORDED")
OUTDATED: Final = PlayerResult("OUTDATED")
UNSUPPORTED_BRAND: Final = PlayerResult("UNSUPPORTED_BRAND", "The brand is none of the operator's.")
PLAYER_ERASED: Final = PlayerResult("PLAYER_ERASED", "The player was erased after this happened.")
# PostgreSQL takes the rows of some events while those of the next are made.
ROWS_AT_ONCE: Final = 250
_SYSTEM: Final = frozenset(SYSTEM_ATTRIBUTES)


@dataclass
class _Batch:
    source: MessageSource
    now: datetime
    books: dict[str, Book]
    players: dict[PlayerKey, Player] = field(default_factory=dict)
    touched: list[Player] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    rows: list[bytes] = field(default_factory=list)
    copy: Callable[[bytes], None] = field(init=False)
    # What the rows of an event begin with, and the instants of them that are counted.
    lines: dict[EventKey, tuple[bytes, list[int]]] = field(default_factory=dict)
    received_at_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.received_at_ms = epoch_ms(self.now)


def take_player_messages(messages: Sequence[PlayerMessage], source: MessageSource, now: datetime) -> list[PlayerResult]:
    """The result of each message in order. Players are locked in the order of their ids, the counts at the end."""
    with transaction.atomic():
        batch = _Batch(source, now, books(source.operator_id, {message.brand_id for message in messages}))
        checked = [_checked(batch, message) for message in messages]
        wanted: dict[PlayerKey, int] = {}
        for message, key in zip(messages, checked, strict=True):
            if isinstance(key, PlayerKey):
                latest = wanted.get(key)
                if latest is None or message.happened_at_ms > latest:
                    wanted[key] = message.happened_at_ms
        if wanted:
            batch.players = load_players(source.operator_id, wanted, now)
        with copying("campaigns_playerevent", COLUMNS) as copy:
            batch.copy = copy
            results = _results(batch, messages, checked)
            copy(b"".join(batch.rows))
        _write(batch)
    return results


def _results(
    batch: _Batch, messages: Sequence[PlayerMessage], checked: Sequence[PlayerKey | PlayerResult | None]
) -> list[PlayerResult]:
    """Player by player, the messages of each in their order: what belongs together comes to lie together."""
    results = [key if isinstance(key, PlayerResult) else PLAYER_ERASED for key in checked]
    own: dict[int, list[int]] = {}
    players: dict[int, Player] = {}
    for index, key in enumerate(checked):
        if key is None:
            results[index] = _of_nobody(batch, messages[index])
        elif isinstance(key, PlayerKey) and (player := batch.players.get(key)) is not None:
            players[player.id] = player
            own.setdefault(player.id, []).append(index)
    for number in sorted(own):
        player = players[number]
        for index in own[number]:
            results[index] = _taken(batch, messages[index], player)
        player.close()
        if player.last_ms:
            batch.touched.append(player)
    return results


def _checked(batch: _Batch, message: PlayerMessage) -> PlayerKey | PlayerResult | None:
    """Whom the message concerns, None for nobody, or why it is refused."""
    refusal = refusal_of(message, batch.received_at_ms)
    if refusal is not None:
        return refusal
    if message.brand_id not in batch.books:
        return UNSUPPORTED_BRAND
    if message.identifier is None:
        return None
    value = message.identifier_value.strip()
    return PlayerKey(
        message.brand_id, message.identifier, value if message.identifier == "player_id" else value.lower()
    )


def _of_nobody(batch: _Batch, message: PlayerMessage) -> PlayerResult:
    _attributes(batch, message)
    _record(batch, message, None, {})
    return RECORDED


def _taken(batch: _Batch, message: PlayerMessage, player: Player) -> PlayerResult:
    if message.happened_at_ms <= player.not_before_ms:
        return PLAYER_ERASED
    changes: Changes = {}
    heard = _merged(batch, message, player, changes)
    _record(batch, message, player.id, changes)
    if changes or player.is_new:
        player.is_new = False
        return APPLIED
    return OUTDATED if heard == OLDER else RECORDED


def _merged(batch: _Batch, message: PlayerMessage, player: Player, changes: Changes) -> int | None:
    """How much of the message was news, None where it says nothing."""
    at = message.happened_at_ms
    if not player.last_ms:
        player.first_ms = player.last_ms = at
    elif at > player.last_ms:
        player.last_ms = at
    elif at < player.first_ms:
        player.first_ms = at
    heard: int | None = None
    if attributes := _attributes(batch, message):
        changed: dict[str, tuple[Value | None, Value]] = {}
        heard = merge_attributes(player.read_state(), at, attributes, changed)
        if changed:
            changes["attributes"] = changed
            player.is_renamed = player.is_renamed or not _SYSTEM.isdisjoint(changed)
    if concerns_standing(message):
        is_respected = batch.source.is_optout_respected
        told = merge_standing(player.read_standing(), message, changes, is_optout_respected=is_respected)
        heard = max(told, heard or OLDER)
    return heard


def _attributes(batch: _Batch, message: PlayerMessage) -> dict[str, Value]:
    """What the brand has of the message's attributes; the rest is counted."""
    ignored = batch.counts.ignored
    for name, reason in message.ignored:
        ignored[message.brand_id, message.event, name[:200], reason[:60]] += 1
    taken: dict[str, Value] = {}
    book = batch.books[message.brand_id]
    for name, value in message.attributes.items():
        if name in book and (text := book[name](value)) is not None:
            taken[name] = text
        else:
            fault = NOT_OF_ITS_TYPE if name in book else UNKNOWN_ATTRIBUTE
            ignored[message.brand_id, message.event, name[:200], fault] += 1
    return taken


def _record(batch: _Batch, message: PlayerMessage, profile_id: int | None, changes: Changes) -> None:
    at = message.happened_at_ms
    key = (message.brand_id, message.event, message.topic)
    line = batch.lines.get(key)
    if line is None:
        line = batch.lines[key] = _line(batch, key)
    shared, instants = line
    instants.append(at)
    row = event_row(
        shared, profile_id, at, origin=message.origin.encode(), properties=encode(message.properties),
        changes=encode(changes) if changes else b"",
    )  # fmt: skip
    batch.rows.append(row)
    if len(batch.rows) == ROWS_AT_ONCE:
        batch.copy(b"".join(batch.rows))
        batch.rows.clear()


def _line(batch: _Batch, key: EventKey) -> tuple[bytes, list[int]]:
    source, (brand_id, event, topic) = batch.source, key
    instants: list[int] = []
    batch.counts.events[key] = instants
    shared = shared_part(
        source.operator_id, source.integration_id, batch.now, brand_id=brand_id, event=event, topic=topic
    )
    return shared, instants


def _write(batch: _Batch) -> None:
    save_players(batch.touched, batch.now)
    count_choices(batch.source.operator_id, batch.source.kind, batch.touched, batch.now)
    count_events(batch.source, batch.counts, batch.now)
