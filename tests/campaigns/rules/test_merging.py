"""Facts of a player come together the same in whatever order they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.merging import MOST_LIFTS, OLDER, Changes, concerns_standing, merge_attributes, merge_standing
from campaigns.rules.player import Blocks, PlayerState, Standing
from campaigns.wire.stored import read_standing, read_state, stored_attributes, stored_standing
from integrations.wire.players import PlayerMessage

NAMES = ("igtl_state", "email")


def said(at: int, **values: Any) -> PlayerMessage:
    """A message of this millisecond."""
    return PlayerMessage(
        brand_id="o:b", identifier="player_id", identifier_value="p", event="e", topic="t", happened_at_ms=at, **values
    )


@dataclass
class Known:
    """All that is known of a player."""

    attributes: PlayerState
    standing: Standing


def take(known: Known, message: PlayerMessage, *, is_heeding: bool = True) -> tuple[Changes, bool]:
    """The changes, and whether all that the message says is older than what is known."""
    changes: Changes = {}
    changed: dict[str, Any] = {}
    heard = []
    if message.attributes:
        attributes = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in message.attributes.items()}
        heard.append(merge_attributes(known.attributes, message.happened_at_ms, attributes, changed))
    if changed:
        changes["attributes"] = changed
    if concerns_standing(message):
        heard.append(merge_standing(known.standing, message, changes, is_optout_respected=is_heeding))
    return changes, bool(heard) and max(heard) == OLDER


def after(messages: Sequence[PlayerMessage]) -> Known:
    state = Known(PlayerState({}, {}), Standing({}, {}, Blocks()))
    for message in messages:
        # Every second integration heeds no block; which one a message came by is part of the message.
        take(state, message, is_heeding=message.topic != "deaf")
    return state


def plain(known: Known) -> Any:
    """The state without an order of keys, and without the notes of a batch."""
    text, _ = stored_attributes(known.attributes)
    standing = known.standing
    rest = [known.attributes.times, standing.channels, standing.tags, standing.blocks]
    return msgspec.json.decode(text), msgspec.to_builtins(rest)


def status(known: Known, channel: str = "email") -> bool | None:
    return known.standing.channels[channel].status


values = st.sampled_from(["", "a", "b", "ä"])
booleans = st.booleans()
messages = st.builds(
    PlayerMessage,
    brand_id=st.just("o:b"),
    identifier=st.just("player_id"),
    identifier_value=st.just("p"),
    event=st.just("e"),
    topic=st.sampled_from(["heeds", "heeds", "deaf"]),
    happened_at_ms=st.integers(1, 6),
    attributes=st.dictionaries(st.sampled_from(NAMES), values, max_size=2),
    preferences=st.none()
    | st.dictionaries(st.sampled_from(["email", "sms"]), st.dictionaries(st.sampled_from("xy"), booleans), max_size=2),
    channels=st.none() | st.dictionaries(st.sampled_from(["email", "sms"]), booleans, max_size=2),
    tags=st.none() | st.dictionaries(st.sampled_from("tu"), booleans, max_size=2),
    is_blocked=st.none() | booleans,
)


@pytest.mark.req("IGT-47", "IGT-48", "I-38")
@given(st.lists(messages, min_size=2, max_size=6), st.data())
def test_any_order_of_messages_comes_to_the_same(told: list[PlayerMessage], data: st.DataObject) -> None:
    expected = plain(after(told))
    for _ in range(6):
        assert plain(after(data.draw(st.permutations(told)))) == expected


def test_all_orders_of_six_events_come_to_the_same() -> None:
    told = [
        said(1, attributes={"email": "a", "igtl_state": "x"}, preferences={"email": {"news": True, "offers": False}}),
        said(2, channels={"email": False}, attributes={"igtl_state": "y"}),
        said(3, preferences={"email": {"news": True, "offers": True}, "sms": {"news": False}}),
        said(4, is_blocked=True, tags={"gold": True}),
        said(5, preferences={"email": {"news": True, "offers": False}}, attributes={"email": "b"}),
        said(6, is_blocked=False, tags={"gold": False}),
    ]
    ends = {msgspec.json.encode(plain(after(order)), order="deterministic") for order in permutations(told)}
    assert len(ends) == 1
    end = after(told)
    assert status(end) is False
    assert end.standing.tags == {"gold": (False, 6)}
    assert end.standing.channels["email"].preferences == {"news": (True, 5), "offers": (False, 5)}


@given(st.lists(messages, max_size=5))
def test_what_is_stored_is_read_as_it_was(told: list[PlayerMessage]) -> None:
    known = after(told)
    text, times = stored_attributes(known.attributes)
    again = Known(read_state(text.decode(), times), read_standing(stored_standing(known.standing)))
    assert plain(again) == plain(known)
    assert list(again.attributes.times) == list(known.attributes.values)


@given(st.lists(messages, min_size=1, max_size=6))
def test_a_message_that_comes_again_changes_nothing(told: list[PlayerMessage]) -> None:
    state = after(told)
    before = plain(state)
    for message in told:
        changes, _ = take(state, message, is_heeding=message.topic != "deaf")
        assert changes == {}
    assert plain(state) == before


def test_an_older_value_never_undoes_a_newer_one() -> None:
    state = after([said(5, attributes={"igtl_state": "new"})])
    assert take(state, said(4, attributes={"igtl_state": "old"})) == ({}, True)
    assert take(state, said(6, attributes={"igtl_state": "new"})) == ({}, False)
    assert state.attributes.times == {"igtl_state": 6}


def test_a_message_that_says_nothing_is_not_old() -> None:
    assert take(after([said(5, attributes={"igtl_state": "new"})]), said(1)) == ({}, False)


@pytest.mark.req("IGT-50")
def test_a_preference_that_is_true_raises_its_channel() -> None:
    state = after([said(1, channels={"email": False, "sms": False})])
    changes, _ = take(state, said(2, preferences={"email": {"news": True, "offers": False}}))
    assert changes["channels"] == {"email": (False, True)}
    assert changes["raised"] == {"email": ["news"]}
    assert status(state, "sms") is False


@pytest.mark.req("IGT-50")
def test_an_old_preference_raises_nothing() -> None:
    state = after([said(5, channels={"email": False})])
    changes, is_outdated = take(state, said(4, preferences={"email": {"news": True}}))
    assert (changes, is_outdated) == ({"preferences": {"email": {"news": (None, True)}}}, False)
    assert status(state) is False


@pytest.mark.req("IGT-49")
def test_a_preference_that_stays_writes_nothing() -> None:
    state = after([said(1, preferences={"email": {"news": True}})])
    assert take(state, said(2, preferences={"email": {"news": True}})) == ({}, False)


@pytest.mark.req("I-38")
def test_a_blocked_player_is_never_subscribed_by_a_preference() -> None:
    state = after([said(1, channels={"email": True}), said(2, is_blocked=True)])
    assert status(state) is False
    take(state, said(3, preferences={"email": {"news": True}}))
    assert status(state) is False
    take(state, said(4, is_blocked=False))
    assert status(state) is False, "what was said during the block does not count after it"
    take(state, said(5, preferences={"email": {"news": True}}))
    assert status(state) is True


@pytest.mark.req("I-38")
def test_where_opting_out_is_not_respected_a_block_holds_nothing_back() -> None:
    state = after([said(1, channels={"email": False}), said(2, is_blocked=True)])
    take(state, said(3, preferences={"email": {"news": True}}), is_heeding=False)
    assert status(state) is True


def test_of_one_instant_the_no_stands() -> None:
    for order in permutations([said(1, channels={"email": True}), said(1, channels={"email": False})]):
        assert status(after(order)) is False
    for order in permutations([said(1, is_blocked=True), said(1, is_blocked=False)]):
        assert after(order).standing.blocks.is_blocked


def test_ends_of_blocks_do_not_pile_up_in_whatever_order_they_come() -> None:
    lifts = [said(at, is_blocked=False) for at in range(1, 500)]
    states = [after(order) for order in (lifts, lifts[::-1], lifts[250:] + lifts[:250])]
    for state in states:
        assert state.standing.blocks.offs == list(range(500 - MOST_LIFTS, 500))
        take(state, said(400, is_blocked=True))
        assert not state.standing.blocks.is_blocked
        take(state, said(499, is_blocked=True))
        assert state.standing.blocks.is_blocked


@pytest.mark.req("I-38")
def test_ends_of_blocks_that_follow_the_first_take_no_yes_back() -> None:
    told = [said(1, channels={"email": False}), said(2, is_blocked=True), said(3, is_blocked=False)]
    told += [said(4, channels={"email": True})]
    # As a feed that repeats with every message that nothing forbids any.
    told += [said(at, is_blocked=False, tags={"seen": True}) for at in range(5, 60)]
    block, rest = told[:2], told[2:]
    ends = [after([*block, *order]) for order in (rest, rest[::-1], rest[30:] + rest[:30])]
    for end in ends:
        assert status(end) is True
        assert plain(end) == plain(ends[0])
        assert end.standing.blocks.offs == [3, *range(60 - MOST_LIFTS + 1, 60)]
    # A block that comes after more ends than are kept: on the side of silence.
    assert status(after(told[::-1])) is False
