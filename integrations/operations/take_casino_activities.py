"""Bets and wins of a casino: game rounds are built, and bets are handed to whoever makes contributions of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import msgspec
from django.utils.module_loading import import_string

from backoffice import subscriptions
from backoffice.core.bulk import copy_rows, run_bulk
from backoffice.core.json import encode
from integrations.operations.build_game_rounds import build_game_rounds
from integrations.operations.mark_stale_players import StaleMarks
from integrations.operations.settle_messages import Feed
from integrations.wire.bets import Bet, BetResult
from integrations.wire.casino import CasinoActivity
from integrations.wire.decoded import Decoded
from integrations.wire.outcomes import CONFLICT, Outcome

BETS: Final = "fasttrack.bets"
BetHandler = Callable[[Sequence[Bet], datetime], list[BetResult]]

# Columns of an activity that come from the message, in the order of the insert.
_FIELDS: Final = (
    "brand_id", "player_id", "round_id", "currency", "amount_micros", "bonus_micros", "base_micros",
    "balance_before_micros", "balance_after_micros", "game_id", "game_name", "game_type", "vendor_id", "vendor_name",
    "player_country", "source_id", "meta", "is_round_end", "is_timestamp_repaired", "happened_at",
)  # fmt: skip
_TYPES: Final = (
    "text", "text", "text", "text", "bigint", "bigint", "bigint", "bigint", "bigint", "text", "text", "text", "text",
    "text", "text", "text", "text", "bool", "bool", "timestamptz",
)  # fmt: skip
_fields_of: Final = attrgetter(*_FIELDS)
# What a rollback must have in common with what it takes back.
_SAME: Final = ("brand_id", "player_id", "round_id", "currency")
# What must be the same should it be told again, for wherever messages are not remembered by their ids.
_TOLD: Final = (
    "amount_micros", "bonus_micros", "base_micros", "balance_before_micros", "balance_after_micros", "game_id",
    "vendor_id", "is_round_end", "happened_at",
)  # fmt: skip
ActivityKey = tuple[str, str]


class _Activity(msgspec.Struct):
    """A row as it is and as it becomes."""

    values: dict[str, Any]
    is_approved: bool = False
    is_rolled_back: bool = False
    is_stored: bool = False
    former_at: datetime | None = None


def take_casino_activities(feed: Feed, readings: Sequence[Decoded], stale: StaleMarks) -> list[Outcome]:
    """Keep the activities, build their rounds, hand over the bets; an outcome for each reading in order.

    Rounds come out the same whatever the order of the messages. A bet that was rolled back before it came is not
    handed over; one that was handed over is handed over again as a rollback (rule B-18).
    """
    taken = _Taken(feed, readings)
    outcomes = [taken.take(reading.content) for reading in readings]
    if taken.changed:
        _store(feed, taken.changed)
        build_game_rounds(feed, {(row.values["round_id"], row.values["player_id"]) for row in taken.changed.values()})
        _mark(taken.changed, stale)
    results = iter(_handler()(taken.bets, feed.now) if taken.bets else [])
    return [outcome if outcome is not None else _outcome(next(results)) for outcome in outcomes]


def _mark(changed: dict[ActivityKey, _Activity], stale: StaleMarks) -> None:
    for row in changed.values():
        values = row.values
        stale.played(values["brand_id"], values["player_id"], values["happened_at"])
        if row.former_at is not None:
            stale.played(values["brand_id"], values["player_id"], row.former_at)


class _Taken:
    """The batch as it is read: the rows it changes, the bets to hand over."""

    def __init__(self, feed: Feed, readings: Sequence[Decoded]) -> None:
        self._feed = feed
        self._rows = _existing(feed, [(r.content.activity_id, r.content.kind) for r in readings])
        self.changed: dict[ActivityKey, _Activity] = {}
        self.bets: list[Bet] = []

    def take(self, activity: CasinoActivity) -> Outcome | None:
        """The outcome, or None where the result of the last bet handed over is the outcome."""
        key = (activity.activity_id, activity.kind)
        said = _values(activity)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = _Activity(said)
        elif differing := [name for name in _compared(row, activity) if row.values[name] != said[name]]:
            return Outcome("dead", CONFLICT, f"{activity.activity_id} came before with another {differing[0]}.")
        self.changed[key] = row
        return self._rolled_back(row, key) if activity.is_rollback else self._approved(row, key, said)

    def _approved(self, row: _Activity, key: ActivityKey, said: dict[str, Any]) -> Outcome | None:
        if row.is_stored:
            row.former_at = row.values["happened_at"]
        row.values = said
        row.is_approved = True
        if key[1] == "win":
            return Outcome("used", "ROUND")
        if row.is_rolled_back:
            return Outcome("used", "ROLLED_BACK_BEFORE")
        if not said["source_id"]:
            return Outcome("used", "NO_SOURCE")
        self.bets.append(self._bet(row, key[0]))
        return None

    def _rolled_back(self, row: _Activity, key: ActivityKey) -> Outcome | None:
        row.is_rolled_back = True
        if key[1] == "bet" and row.is_approved and row.values["source_id"]:
            self.bets.append(self._bet(row, key[0], is_rollback=True))
            return None
        return Outcome("used", "ROLLED_BACK")

    def _bet(self, row: _Activity, activity_id: str, *, is_rollback: bool = False) -> Bet:
        values = row.values
        return Bet(
            operator_id=self._feed.operator_id,
            brand_id=values["brand_id"],
            source_id=values["source_id"],
            player_id=values["player_id"],
            player_country=values["player_country"],
            gameround_id=activity_id,
            currency=values["currency"],
            base_wager_micros=values["amount_micros"],
            metadata={"round_id": values["round_id"], "game_id": values["game_id"], "vendor_id": values["vendor_id"]},
            is_rollback=is_rollback,
        )


def _compared(row: _Activity, activity: CasinoActivity) -> tuple[str, ...]:
    return (*_SAME, *_TOLD) if row.is_approved and not activity.is_rollback else _SAME


def _values(activity: CasinoActivity) -> dict[str, Any]:
    values = dict(zip(_FIELDS, _fields_of(activity), strict=True))
    values["source_id"] = activity.source_id or ""
    values["meta"] = encode(activity.meta).decode() if activity.meta else "{}"
    return values


def _outcome(result: BetResult) -> Outcome:
    return Outcome("used" if result.is_used else "refused", result.code, result.detail)


def _handler() -> BetHandler:
    handler: BetHandler = import_string(subscriptions.FEED_MESSAGES[BETS])
    return handler


_NAMES: Final = ", ".join(_FIELDS)
_SELECT: Final = f"""
    SELECT a.activity_id, a.kind, a.is_approved, a.is_rolled_back, {_NAMES.replace("meta", "a.meta::text")}
    FROM unnest(%b::text[], %b::text[]) AS k (activity_id, kind)
    JOIN integrations_gameactivity a USING (activity_id, kind)
    WHERE a.operator_id = %b AND a.integration_id = %b
"""  # noqa: S608 - the names are constants of this module
_STATES: Final = ("activity_id", "kind", "is_approved", "is_rolled_back")
_SET: Final = ", ".join(f"{name} = k.{name}" for name in ("is_approved", "is_rolled_back", *_FIELDS)).replace(
    "k.meta", "k.meta::jsonb"
)
_UPDATE: Final = f"""
    UPDATE integrations_gameactivity a
    SET {_SET}
    FROM unnest({", ".join(f"%b::{kind}[]" for kind in ("text", "text", "bool", "bool", *_TYPES))})
        AS k ({", ".join(_STATES)}, {_NAMES})
    WHERE a.operator_id = %b AND a.integration_id = %b AND a.activity_id = k.activity_id AND a.kind = k.kind
"""  # noqa: S608 - the names are constants of this module


def _existing(feed: Feed, keys: Sequence[ActivityKey]) -> dict[ActivityKey, _Activity]:
    activity_ids, kinds = (list(column) for column in zip(*keys, strict=True))
    rows = run_bulk(_SELECT, [activity_ids, kinds, feed.operator_id, feed.integration_id])
    return {
        (activity_id, kind): _Activity(
            dict(zip(_FIELDS, values, strict=True)), is_approved, is_rolled_back, is_stored=True
        )
        for activity_id, kind, is_approved, is_rolled_back, *values in rows
    }


def _store(feed: Feed, changed: dict[ActivityKey, _Activity]) -> None:
    """The lock of the feed's position is held: what was not there when we looked is not there now."""
    rows = [(*key, row.is_approved, row.is_rolled_back, *row.values.values()) for key, row in changed.items()]
    owner = (feed.operator_id, feed.integration_id)
    fresh = [(*owner, *row) for row, known in zip(rows, changed.values(), strict=True) if not known.is_stored]
    stored = [row for row, known in zip(rows, changed.values(), strict=True) if known.is_stored]
    if fresh:
        copy_rows("integrations_gameactivity", ("operator_id", "integration_id", *_STATES, *_FIELDS), fresh)
    if stored:
        run_bulk(_UPDATE, [*(list(column) for column in zip(*stored, strict=True)), *owner])
