"""Finding players, and reading what is known of one."""

from decimal import Decimal

import pytest

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from campaigns.queries.definitions import (
    attribute_definitions,
    event_definitions,
    ignored_attributes,
    segmentable_events,
    subscriptions,
)
from campaigns.queries.profiles import attributes_of, choices_of, profile, profiles, profiles_like, tags_of
from campaigns.queries.timeline import changes_of, events_of_nobody, history, timeline
from tests.campaigns.support import BRAND, Manager, player, told

pytestmark = pytest.mark.django_db


@pytest.mark.req("B-24")
@pytest.mark.parametrize("start", ["PLAYER_0", "ada@EX", "+4412", "player_00001"])
def test_players_are_found_by_the_start_of_id_email_and_number(manager: Manager, start: str) -> None:
    manager.take(
        told(1, "Player_00001", attributes={"email": "Ada@Example.com", "mobile_number": "+44123"}),
        told(1, "somebody", attributes={"email": "x_ada@example.com", "mobile_number": "0044123"}),
    )
    assert [found.player_id for found in profiles_like(manager.cast.house.scope, start)] == ["Player_00001"]


def test_signs_of_patterns_mean_themselves(manager: Manager) -> None:
    manager.take(told(1, "a%b"), told(1, "a_b"), told(1, "axb"), told(1, "a\\b"))
    scope = manager.cast.house.scope
    assert [found.player_id for found in profiles_like(scope, "a%")] == ["a%b"]
    assert [found.player_id for found in profiles_like(scope, "a_")] == ["a_b"]
    assert [found.player_id for found in profiles_like(scope, "a\\")] == ["a\\b"]
    assert profiles_like(scope, " ") == profiles_like(scope, "a\0") == []
    assert len(profiles_like(scope, "A")) == 4
    assert len(profiles_like(scope, "A", limit=2)) == 2


@pytest.mark.req("B-31")
def test_players_of_other_operators_and_brands_are_out_of_sight(manager: Manager) -> None:
    manager.take(told(1), told(1, brand_id="thrilltech:brand2"))
    first, second = player(), player(brand_id="thrilltech:brand2")
    limited = Scope("thrilltech", frozenset({BRAND}))
    rival = manager.cast.rival_house.scope
    assert list(profiles(limited)) == profiles_like(limited, "p") == [first]
    assert profiles_like(manager.cast.house.scope, "p", brand_id="thrilltech:brand2") == [second]
    assert len(profiles_like(Scope(None), "p")) == 2
    assert profiles_like(rival, "p") == list(profiles(rival)) == []
    assert profile(limited, first.pk) == first
    assert list(timeline(limited, second)) == list(timeline(rival, first)) == []
    for scope, hidden in ((limited, second), (rival, first)):
        with pytest.raises(Refusal, match="NOT_FOUND"):
            profile(scope, hidden.pk)


def test_what_is_known_of_a_player_is_told_with_its_time(manager: Manager) -> None:
    manager.take(
        told(1, attributes={"igtl_state": "NY", "email": "a@example.com", "igtl_balance": Decimal("0.1")}),
        told(2, attributes={"igtl_state": "CA", "is_vip": True}, tags={"gold": True, "new": False}),
        told(3, preferences={"sms": {"offers": True}}, channels={"email": False}),
    )
    known = {one.name: (one.value, one.at.minute, one.is_system) for one in attributes_of(player())}
    assert known == {
        "email": ("a@example.com", 14, True), "igtl_balance": (Decimal("0.1"), 14, False), "is_vip": (True, 15, False),
        "igtl_state": ("CA", 15, False),
    }  # fmt: skip
    assert [(one.channel, one.preference, one.is_subscribed) for one in choices_of(player())] == [
        ("email", "", False), ("sms", "", True), ("sms", "offers", True),
    ]  # fmt: skip
    assert tags_of(player()) == ["gold"]


def test_the_history_is_what_changed_something(manager: Manager) -> None:
    manager.take(told(2, attributes={"igtl_state": "NY"}), told(1, attributes={"igtl_state": "CA"}), told(4))
    manager.take(told(3, preferences={"sms": {"offers": True}}, tags={"gold": True}, is_blocked=True))
    scope = manager.cast.house.scope
    assert [event.origin[-1] for event in timeline(scope, player())] == ["4", "3", "2", "1"]
    latest, first = history(scope, player())
    assert [(one.kind, one.name, one.before, one.after) for one in changes_of(first)] == [
        ("attribute", "igtl_state", None, "NY")
    ]
    assert [(one.kind, one.name, one.before, one.after) for one in changes_of(latest)] == [
        ("tag", "gold", None, True), ("preference", "sms: offers", None, True), ("channel", "sms", None, False),
        ("block", "blocked", False, True),
    ]  # fmt: skip
    manager.take(told(1, None))
    assert events_of_nobody(scope).count() == 1


def test_the_data_manager_shows_a_brands_definitions(manager: Manager) -> None:
    manager.take(told(1, attributes={"odd": "x"}))
    own, rival = manager.cast.house.scope, manager.cast.rival_house.scope
    assert [(one.name, one.topic) for one in event_definitions(own)] == [
        ("igtl_player_update", "Command"), ("igtl_player_update", "PDP"),
    ]  # fmt: skip
    assert "gig_bonus" not in {one.name for one in segmentable_events(own, BRAND)}
    assert attribute_definitions(own).count() == 8
    assert [one.channel for one in subscriptions(own)] == ["email", "sms"]
    assert [one.name for one in ignored_attributes(own)] == ["odd"]
    for query in (event_definitions, attribute_definitions, subscriptions, ignored_attributes):
        assert not query(rival).exists()
