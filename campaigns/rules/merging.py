"""How a message changes what is known of a player: the same in whatever order messages come.

Each attribute, preference, tag and channel keeps the instant that its value is from, and the later one stands. What
two messages of one instant disagree on is decided by the values themselves: a no stands before a yes, a block before
its end, and of two values the one whose JSON text is greater.
"""

from collections.abc import Mapping
from typing import Any, Final

from campaigns.rules.player import Blocks, ChannelState, Choice, PlayerState, Standing, Value
from integrations.wire.players import PlayerMessage

# How much of a message was news: all that it says is older than what is known; it is known; something moved.
OLDER, KNOWN, MOVED = 0, 1, 2
# How many ends of blocks are kept: the first after the latest block, from which on a yes counts, and the latest. Where
# one that is forgotten would have been the first after a block that comes late, a yes counts from one that is known.
MOST_LIFTS: Final = 16

# What a message changed, each as [before, after], None for what was not there: `attributes` by name, `channels` by
# channel, `preferences` by channel and name, `tags` by tag, `is_blocked`. `raised` names the preferences by which a
# channel that was not subscribed became so.
Changes = dict[str, Any]


def merge_attributes(
    state: PlayerState, at: int, attributes: Mapping[str, Value], changed: dict[str, tuple[Value | None, Value]]
) -> int:
    """Take over what is news of these values of the instant `at`, in epoch milliseconds; how much of it was.

    Values are JSON texts in the one form of campaigns.wire.stored; `changed` gets what is not as it was.
    """
    heard = OLDER
    values, times = state.values, state.times
    for name, value in attributes.items():
        before = values.get(name)
        if before is None:
            state.is_sorted = False
        else:
            known = times[name]
            if at < known:
                continue
            if at == known and bytes(value) <= bytes(before):
                heard = max(heard, KNOWN if value == before else OLDER)
                continue
        heard = MOVED
        times[name] = at
        if before != value:
            values[name] = value
            changed[name] = (before, value)
    return heard


def concerns_standing(message: PlayerMessage) -> bool:
    """Whether the message says anything beside attributes."""
    return bool(message.preferences or message.channels or message.tags or message.is_blocked is not None)


def merge_standing(
    standing: Standing, message: PlayerMessage, changes: Changes, *, is_optout_respected: bool = True
) -> int:
    """Take over what is news of preferences, channels, tags and blocks; how much of it was.

    ALL preferences that the message brings are set, and those that are true raise their channel (IGT-47…50); neither
    they nor a yes to a channel count for a player who is blocked, nor what was said before the block was lifted.
    """
    at, heard = message.happened_at_ms, OLDER
    if message.tags:
        heard = max(heard, _merge_choices(standing.tags, message.tags, at, changes.setdefault("tags", {})))
    raised: dict[str, list[str]] = {}
    for channel, wanted in (message.preferences or {}).items():
        raised[channel] = [name for name, is_on in wanted.items() if is_on]
        heard = max(heard, _merge_preferences(standing, channel, wanted, at, changes))
    said = [(channel, True) for channel, names in raised.items() if names]
    for channel, is_on in [*said, *(message.channels or {}).items()]:
        heard = max(heard, _say(standing, channel, at, is_on=is_on, is_heeding=is_optout_respected))
    if message.is_blocked is not None:
        heard = max(heard, _merge_block(standing.blocks, at, changes, is_blocked=message.is_blocked))
    if heard == MOVED:
        _settle_channels(standing, raised, changes)
        standing.is_moved = True
    if not changes.get("tags", True):
        del changes["tags"]
    return heard


def _merge_preferences(standing: Standing, channel: str, wanted: Mapping[str, bool], at: int, changes: Changes) -> int:
    if not wanted:
        return OLDER
    changed: dict[str, Any] = {}
    known = standing.channels.setdefault(channel, ChannelState())
    heard = _merge_choices(known.preferences, wanted, at, changed)
    if changed:
        changes.setdefault("preferences", {})[channel] = changed
    return heard


def _merge_choices(known: dict[str, Choice], told: Mapping[str, bool], at: int, changed: dict[str, Any]) -> int:
    heard = OLDER
    for name, value in told.items():
        before, since = known.get(name, (None, 0))
        if at < since:
            continue
        if at == since and (before == value or not before):
            heard = max(heard, KNOWN if before == value else OLDER)
            continue
        heard = MOVED
        known[name] = (value, at)
        if before is not value:
            changed[name] = (before, value)
    return heard


def _say(standing: Standing, channel: str, at: int, *, is_on: bool, is_heeding: bool) -> int:
    """A yes or a no to a channel; which of them stands is settled afterwards."""
    known = standing.channels.setdefault(channel, ChannelState())
    field = "off" if not is_on else "on" if is_heeding else "anyway"
    latest = getattr(known, field)
    if at > latest:
        setattr(known, field, at)
        return MOVED
    return KNOWN if at == latest else OLDER


def _merge_block(blocks: Blocks, at: int, changes: Changes, *, is_blocked: bool) -> int:
    before = blocks.is_blocked
    if at < blocks.on or (at == blocks.on and not is_blocked):
        return OLDER
    if at == blocks.on or (not is_blocked and at in blocks.offs):
        return KNOWN
    if is_blocked:
        blocks.on = at
        blocks.offs = [lift for lift in blocks.offs if lift > at]
    else:
        # Kept without a block too: one that happened before may still come.
        blocks.offs = _kept([*blocks.offs, at], has_first=bool(blocks.on))
        if at not in blocks.offs:
            return OLDER
    if blocks.is_blocked != before:
        changes["is_blocked"] = (before, blocks.is_blocked)
    return MOVED


def _kept(lifts: list[int], *, has_first: bool) -> list[int]:
    lifts.sort()
    if len(lifts) > MOST_LIFTS:
        del lifts[1 if has_first else 0]
    return lifts


def _settle_channels(standing: Standing, raised: Mapping[str, list[str]], changes: Changes) -> None:
    heard_from = standing.blocks.heard_from
    for channel, known in standing.channels.items():
        before = known.status
        known.status = _status_of(known, heard_from)
        if known.status is not before:
            changes.setdefault("channels", {})[channel] = (before, known.status)
            if known.status and raised.get(channel):
                changes.setdefault("raised", {})[channel] = raised[channel]


def _status_of(known: ChannelState, heard_from: int | None) -> bool | None:
    heeded = known.on if heard_from is not None and known.on >= heard_from else 0
    if max(heeded, known.anyway) > known.off:
        return True
    return False if known.off or known.on else None
