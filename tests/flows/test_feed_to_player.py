"""From the approval of an integration over its feed to profiles, history, counts and the end of a player."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from backoffice.audit.record import Actor
from campaigns.operations.request_erasure import request_erasure
from campaigns.queries.definitions import event_definitions, ignored_attributes, subscriptions
from campaigns.queries.profiles import attributes_of, profiles_like
from campaigns.queries.timeline import changes_of, history, timeline
from integrations.kinds.registry import kind_of
from integrations.models import Integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.wire.raw import RawMessage
from tests.cast import SYSTEM, Cast
from tests.integrations.support import Feeds, counts_of
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db

BRAND = "thrilltech:brand1"
COMMAND, PDP = "igtl.command", "igtl.pdp"
AT_MS = 1_770_000_000_000


def connected(feeds: Feeds) -> Integration:
    """IGT Lottery with Command; what it reads is handed over by the test."""
    for flag in ("igtl", *kind_of("igtl").requires):
        set_kind_flag(Switch("thrilltech", flag, is_enabled=True), actor=SYSTEM, now=feeds.cast.now)
    return feeds.connected(
        kind="igtl", transport="replay", settings={"brand_id": BRAND, "is_command_connected": True},
        connection={},
    )  # fmt: skip


def message(number: int, event: str, topic: str = COMMAND, **value: Any) -> RawMessage:
    """The number-th message of the player, as the partner's broker keeps it."""
    preferences = value.pop("preferences", None)
    body = {"event": event, "player_id": "P-77", "timestamp": AT_MS + number * 60_000, "value": value}
    if preferences is not None:
        body["preferences"] = preferences
    return RawMessage(body=msgspec.json.encode(body), topic=topic, offset=str(number), is_positioned=False)


@pytest.mark.req("IGT-21", "IGT-22", "IGT-42", "IGT-45", "IGT-46", "IGT-47", "IGT-48", "IGT-49", "IGT-50", "R-40")
def test_what_a_feed_tells_of_a_player(cast: Cast) -> None:
    feeds, scope = Feeds(cast), cast.house.scope
    integration = connected(feeds)
    assert {("igtl_player_update", "Command"), ("igtl_player_update", "PDP")} <= {
        (one.name, one.topic) for one in event_definitions(scope)
    }
    owned = feeds.owned(integration, COMMAND)
    outcomes = feeds.take(
        owned,
        message(3, "player_update", state="TX", account_status="ACTIVE"),
        message(1, "player_registration", first_name="Alma", email="Alma@Example.com", state="NJ"),
        message(2, "player_update", PDP, lifetime_wins="12.50"),
        message(4, "player_dances", steps=3),
        message(5, "player_login", preferences={"email": {"news": True, "offers": False}}),
        message(6, "player_logout", preferences={"email": {"news": True, "offers": False}}),
    )
    assert {outcome.bucket for outcome in outcomes} == {"used"}, outcomes
    (player,) = profiles_like(scope, "alma@")
    known = {one.name: one.value for one in attributes_of(player)}
    assert (known["igtl_state"], known["first_name"], str(known["igtl_lifetime_wins"])) == ("TX", "Alma", "12.5")
    assert "igtl_player_dances" in {one.name for one in event_definitions(scope)}
    assert ("steps" in {one.name for one in ignored_attributes(scope)}) or ignored_attributes(scope).exists()
    assert timeline(scope, player).count() == 6
    by_event = {event.event: changes_of(event) for event in history(scope, player)}
    assert {one.kind for one in by_event["igtl_player_login"]} == {"preference", "channel"}
    assert "igtl_player_logout" not in by_event
    assert {(one.preference, one.subscribed_count) for one in subscriptions(scope).filter(channel="email")} == {
        ("", 1), ("news", 1), ("offers", 0),
    }  # fmt: skip
    assert_invariants()
    person, now = cast.manager, cast.now + timedelta(days=365)
    asked = request_erasure(
        player.pk, reason="Asked for it.", requested_by=person, scope=scope, actor=Actor.staff(person), now=now
    )
    cast.house.approve(asked)
    feeds.take(owned, message(7, "player_login"))
    assert profiles_like(scope, "p-77") == []
    assert counts_of(integration)["PLAYER_ERASED"] == 1
    assert_invariants()
