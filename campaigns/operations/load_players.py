"""The players of a batch, locked; those who are not there yet are created."""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString, NamedTuple

from backoffice.core.bulk import run_bulk
from campaigns.rules.player import SYSTEM_ATTRIBUTES, PlayerState, Standing
from campaigns.wire.stored import AttributeTexts, StandingTexts, read_standing, read_state, stored_attributes
from campaigns.wire.values import plain_text

Row = tuple[Any, ...]
# Brand, channel, preference, which is empty for the channel itself.
SubscriptionKey = tuple[str, str, str]
NOTHING: Final[StandingTexts] = ("{}", "{}", "{}")
NO_ATTRIBUTES: Final[AttributeTexts] = ("{}", b"")


class PlayerKey(NamedTuple):
    """Whom a message means: by which identifier, with which value (lower case but for ids), of which brand."""

    brand_id: str
    identifier: str
    value: str


@dataclass(slots=True)
class Player:
    """A row that is locked, and what is known, in `attributes` and `texts` as it lies in the row.

    Of thousands of players only one is looked into at a time: what is open of all of them at once fits no cache.
    `first_ms` and `last_ms` are when the first and the last event of the batch happened, 0 while there was none. What
    happened until `not_before_ms` is not taken. `is_new` until its first message was taken; `is_renamed` once an
    attribute of the system has changed; `before` is what the player had said to channels when `standing` was read.
    `names` are the texts of the attributes of the system, once the player is closed and any column but those of the
    attributes changed.
    """

    id: int
    brand_id: str
    player_id: str
    attributes: AttributeTexts
    texts: StandingTexts
    not_before_ms: int = 0
    is_new: bool = False
    is_renamed: bool = False
    first_ms: int = 0
    last_ms: int = 0
    state: PlayerState | None = None
    names: tuple[str, ...] = ()
    standing: Standing | None = None
    before: dict[SubscriptionKey, bool] = field(default_factory=dict)

    @property
    def is_moved(self) -> bool:
        """Whether channels, tags or blocks changed."""
        return self.standing is not None and self.standing.is_moved

    @property
    def is_told_rarely(self) -> bool:
        """Whether something changed beside attributes that nobody finds players by."""
        return self.is_renamed or self.is_moved

    def read_state(self) -> PlayerState:
        """The attributes, read when they are first needed."""
        if self.state is None:
            self.state = read_state(*self.attributes)
        return self.state

    def close(self) -> None:
        """Bring the attributes into the form of their columns; nothing is taken over afterwards."""
        if self.is_told_rarely:
            values = self.read_state().values
            self.names = tuple(plain_text(values.get(name)) for name in SYSTEM_ATTRIBUTES)
        if self.state is not None:
            self.attributes, self.state = stored_attributes(self.state), None

    def read_standing(self) -> Standing:
        """Channels, tags and blocks, read when they are first needed."""
        if self.standing is None:
            self.standing = read_standing(self.texts)
            self.before = self.choices()
        return self.standing

    def choices(self) -> dict[SubscriptionKey, bool]:
        """What the player said to each channel and preference, as it was read or as it is by now."""
        found: dict[SubscriptionKey, bool] = {}
        for channel, known in self.standing.channels.items() if self.standing is not None else ():
            if known.status is not None:
                found[self.brand_id, channel, ""] = known.status
            for name, (value, _) in known.preferences.items():
                found[self.brand_id, channel, name] = value
        return found


_COLUMNS: Final[LiteralString] = """
    SELECT p.id, p.brand_id, p.player_id, p.attributes::text, p.attribute_times, p.channels::text, p.tags::text,
           p.blocks::text, p.not_before
"""
_BY_ID: Final[LiteralString] = (
    _COLUMNS
    + """
    FROM campaigns_profile p
    WHERE p.operator_id = %b AND p.brand_id = %b AND p.player_id = ANY(%b::text[])
    ORDER BY p.id FOR UPDATE
"""
)
_BY_EMAIL: Final[LiteralString] = (
    _COLUMNS
    + """, lower(p.email)
    FROM campaigns_profile p
    WHERE p.operator_id = %b AND p.brand_id = %b AND p.email <> '' AND lower(p.email) = ANY(%b::text[])
    ORDER BY p.id FOR UPDATE
"""
)
_BY_NUMBER: Final[LiteralString] = (
    _COLUMNS
    + """, lower(p.mobile_number)
    FROM campaigns_profile p
    WHERE p.operator_id = %b AND p.brand_id = %b AND p.mobile_number <> '' AND lower(p.mobile_number) = ANY(%b::text[])
    ORDER BY p.id FOR UPDATE
"""
)
_BY: Final[dict[str, LiteralString]] = {"email": _BY_EMAIL, "mobile_number": _BY_NUMBER}


def load_players(operator_id: str, wanted: Mapping[PlayerKey, int], now: datetime) -> dict[PlayerKey, Player]:
    """The player of each key, in the transaction of the caller; `wanted` says when the latest message of it happened.

    A key by e-mail or number means who was created by it, else the oldest player that has it, else a new one whose id
    it is. Missing are the keys of players who were erased since their latest message.
    """
    # The rows are put in order before they are locked.
    run_bulk("SET LOCAL work_mem = '64MB'", [])
    found: dict[PlayerKey, Player] = {}
    for brand_id, keys in _by_brand(wanted).items():
        _find(operator_id, brand_id, keys, found)
    missing = {key: latest for key, latest in wanted.items() if key not in found}
    if missing:
        _create(operator_id, missing, now, found)
    return found


def _by_brand(wanted: Iterable[PlayerKey]) -> dict[str, list[PlayerKey]]:
    brands: dict[str, list[PlayerKey]] = defaultdict(list)
    for key in wanted:
        brands[key.brand_id].append(key)
    return dict(sorted(brands.items()))


def _find(operator_id: str, brand_id: str, keys: list[PlayerKey], found: dict[PlayerKey, Player]) -> None:
    # One row, one player, by whatever it was found.
    known = {player.id: player for player in found.values()}
    players: dict[str, Player] = {}
    for row in run_bulk(_BY_ID, [operator_id, brand_id, list({key.value for key in keys})]):
        player = known.get(row[0]) or _read(row)
        known[player.id] = players[player.player_id] = player
    for identifier, sql in _BY.items():
        values = [key.value for key in keys if key.identifier == identifier and key.value not in players]
        if values:
            for row in run_bulk(sql, [operator_id, brand_id, values]):
                player = known.get(row[0]) or _read(row)
                found.setdefault(PlayerKey(brand_id, identifier, row[-1]), player)
                known[player.id] = player
    for key in keys:
        if key.value in players:
            found[key] = players[key.value]


def _read(row: Row) -> Player:
    number, brand_id, player_id, attributes, times, channels, tags, blocks, not_before, *_ = row
    limit = 0 if not_before is None else round(not_before.timestamp() * 1000)
    return Player(number, brand_id, player_id, (attributes, times), (channels, tags, blocks), limit)


def _create(operator_id: str, missing: Mapping[PlayerKey, int], now: datetime, found: dict[PlayerKey, Player]) -> None:
    erased = _erased(operator_id, missing)
    keys = sorted(key for key, latest in missing.items() if latest > erased.get(key, -1))
    # Several keys may come to one id.
    ids = sorted({(key.brand_id, key.value): erased.get(key, 0) for key in keys}.items())
    if not ids:
        return
    rows = run_bulk(
        """
        INSERT INTO campaigns_profile
            (operator_id, brand_id, player_id, first_name, last_name, email, mobile_number, attributes,
             attribute_times, channels, tags, is_blocked, blocks, created_at, updated_at, first_event_at,
             last_event_at, not_before)
        SELECT %b, k.brand_id, k.player_id, '', '', '', '', '{}', '', '{}', '{}', false, '{}', %b, %b,
               'infinity', '-infinity', to_timestamp(nullif(k.not_before, 0) / 1000.0)
        FROM unnest(%b::text[], %b::text[], %b::bigint[]) AS k (brand_id, player_id, not_before)
        ON CONFLICT (operator_id, brand_id, player_id) DO NOTHING
        RETURNING id, brand_id, player_id
        """,
        [
            operator_id, now, now, [brand for (brand, _), _ in ids], [value for (_, value), _ in ids],
            [erased_ms for _, erased_ms in ids],
        ],
    )  # fmt: skip
    limits = dict(ids)
    made = {
        (brand_id, player_id): Player(
            number, brand_id, player_id, NO_ATTRIBUTES, NOTHING, limits[brand_id, player_id], is_new=True
        )
        for number, brand_id, player_id in rows
    }
    for key in keys:
        if (player := made.get((key.brand_id, key.value))) is not None:
            found[key] = player
    # Another feed was quicker.
    late = [key for key in keys if key not in found]
    for brand_id, own in _by_brand(late).items():
        _find(operator_id, brand_id, own, found)


def _erased(operator_id: str, keys: Iterable[PlayerKey]) -> dict[PlayerKey, int]:
    """When those of the keys were erased who were, in epoch milliseconds."""
    salts = run_bulk("SELECT salt FROM campaigns_erasuresalt WHERE operator_id = %b", [operator_id])
    if not salts:
        return {}
    salt = bytes(salts[0][0])
    digests = {erased_digest(salt, key.value): key for key in keys}
    rows = run_bulk(
        """
        SELECT digest, brand_id, (extract(epoch FROM erased_at) * 1000)::bigint FROM campaigns_erasedplayer
        WHERE operator_id = %b AND digest = ANY(%b::bytea[])
        """,
        [operator_id, list(digests)],
    )
    by_digest = {(bytes(digest), brand_id): erased_ms for digest, brand_id, erased_ms in rows}
    return {
        key: by_digest[digest, key.brand_id]
        for digest, key in ((erased_digest(salt, key.value), key) for key in keys)
        if (digest, key.brand_id) in by_digest
    }


def erased_digest(salt: bytes, value: str) -> bytes:
    """What remains of an identifier of an erased player."""
    return hmac.digest(salt, value.lower().encode(), "sha256")
