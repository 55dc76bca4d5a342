"""How a message changes what is known of a player: the same in whatever order messages come.

Each attribute, preference, tag and channel keeps the instant that its value is from, and the later one stands. What
two messages of one instant disagree on is decided by the values themselves: a no stands before a yes, and of two
values the one whose JSON text is greater.
"""

from collections.abc import Mapping
from typing import Any, Final

from backoffice.core.json import decode
from campaigns.rules.player import Blocks, ChannelState, Choice, PlayerState, Value
from integrations.wire.players import PlayerMessage

OLDER, KNOWN, MOVED = 0, 1, 2
MOST_LIFTS: Final = 100

# What a message changed, each as [before, after], None for what was not there: `attributes` by name, `channels` by
# channel, `preferences` by channel and name, `tags` by tag, `is_blocked`. `raised` names the preferences by which a
# channel that was not subscribed became so.
Changes = dict[str, Any]


def merge(
    state: PlayerState, message: PlayerMessage, attributes: Mapping[str, Value], *, is_optout_respected: bool = True
) -> tuple[Changes, bool]:
    """Take over what is news. The changes, and whether all that the message says is older than what is known.

    `attributes` are those of the message that the brand has, as JSON texts.
    """
    changes: Changes = {}
    heard: int | None = None
    if attributes:
        heard = _merge_attributes(state, message.happened_at_ms, attributes, changes)
    if message.tags or message.channels or message.preferences or message.is_blocked is not None:
        told = _merge_rest(state, message, changes, is_optout_respected=is_optout_respected)
        heard = max(told, heard or OLDER)
    return changes, heard == OLDER


def _merge_attributes(state: PlayerState, at: int, attributes: Mapping[str, Value], changes: Changes) -> int:
    heard = OLDER
    values, times = state.attributes, state.times
    changed: dict[str, tuple[Value | None, Value]] = {}
    for name, value in attributes.items():
        known = times.get(name, 0)
        before = values.get(name)
        if at < known:
            continue
        if at == known and before is not None and bytes(value) <= bytes(before):
            heard = max(heard, KNOWN if value == before else OLDER)
            continue
        heard = MOVED
        values[name] = value
        times[name] = at
        if before is None:
            state.is_sorted = False
            changed[name] = (None, value)
        elif before != value and decode(bytes(before)) != decode(bytes(value)):
            changed[name] = (before, value)
    if changed:
        changes["attributes"] = changed
    return heard


def _merge_rest(state: PlayerState, message: PlayerMessage, changes: Changes, *, is_optout_respected: bool) -> int:
    at = message.happened_at_ms
    heard = OLDER
    if message.tags:
        changed: dict[str, Any] = {}
        heard = max(heard, _merge_choices(state.tags, message.tags, at, changed))
        if changed:
            changes["tags"] = changed
    raised: dict[str, list[str]] = {}
    if message.preferences:
        heard = max(heard, _merge_preferences(state, message.preferences, at, changes))
        raised = {
            channel: [name for name, is_on in wanted.items() if is_on]
            for channel, wanted in message.preferences.items()
        }
    for channel, names in raised.items():
        if names:
            heard = max(heard, _say(state, channel, at, is_on=True, is_heeding=is_optout_respected))
    for channel, is_on in (message.channels or {}).items():
        heard = max(heard, _say(state, channel, at, is_on=is_on, is_heeding=is_optout_respected))
    if message.is_blocked is not None:
        heard = max(heard, _merge_block(state.blocks, at, message.is_blocked, changes))
    _settle_channels(state, raised, changes)
    state.is_marked = state.is_marked or heard == MOVED
    return heard


def _merge_preferences(
    state: PlayerState, preferences: Mapping[str, Mapping[str, bool]], at: int, changes: Changes
) -> int:
    heard = OLDER
    for channel, wanted in preferences.items():
        if not wanted:
            continue
        changed: dict[str, Any] = {}
        known = state.channels.setdefault(channel, ChannelState())
        heard = max(heard, _merge_choices(known.preferences, wanted, at, changed))
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


def _say(state: PlayerState, channel: str, at: int, *, is_on: bool, is_heeding: bool) -> int:
    """A yes or a no to a channel; which of them stands is settled afterwards."""
    known = state.channels.setdefault(channel, ChannelState())
    field = "off" if not is_on else "on" if is_heeding else "anyway"
    latest = getattr(known, field)
    if at > latest:
        setattr(known, field, at)
        return MOVED
    return KNOWN if at == latest else OLDER


def _merge_block(blocks: Blocks, at: int, is_blocked: bool, changes: Changes) -> int:  # noqa: FBT001 - what was said
    before = blocks.is_blocked
    if is_blocked:
        if at <= blocks.on:
            return KNOWN if at == blocks.on else OLDER
        blocks.on = at
        blocks.offs = [lift for lift in blocks.offs if lift > at]
    else:
        # Kept without a block too: one that happened before may still come.
        if at <= blocks.on:
            return OLDER
        if at in blocks.offs:
            return KNOWN
        blocks.offs = sorted([*blocks.offs, at])
        del blocks.offs[MOST_LIFTS - 1 : -1]
    if blocks.is_blocked != before:
        changes["is_blocked"] = (before, blocks.is_blocked)
    return MOVED


def _settle_channels(state: PlayerState, raised: Mapping[str, list[str]], changes: Changes) -> None:
    heard_from = state.blocks.heard_from
    for channel, known in state.channels.items():
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
