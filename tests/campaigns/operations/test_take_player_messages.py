"""Messages of players in the database: profiles, timeline, history, counts."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.core.clock import epoch_ms
from campaigns.models import EventDefinition, IgnoredAttribute, PlayerEvent, Profile, Subscription
from integrations.wire.players import PlayerMessage
from tests.campaigns.support import BRAND, Manager, events_of, minute, player, told

pytestmark = pytest.mark.django_db


def test_a_player_is_created_by_the_first_message(manager: Manager) -> None:
    codes = manager.take(
        told(1, attributes={"first_name": "Ada", "email": "Ada@Example.com", "igtl_balance": Decimal("12.50")}),
    )
    assert codes == ["APPLIED"]
    ada = player()
    assert (ada.first_name, ada.email, ada.operator_id) == ("Ada", "Ada@Example.com", "thrilltech")
    assert ada.attributes == {"email": "Ada@Example.com", "first_name": "Ada", "igtl_balance": Decimal("12.5")}
    assert ada.first_event_at == ada.last_event_at
    (event,) = events_of()
    assert event.origin == "command/0/1"
    assert event.changes == {
        "attributes": {
            "first_name": [None, "Ada"], "email": [None, "Ada@Example.com"], "igtl_balance": [None, Decimal("12.5")],
        }
    }  # fmt: skip


def test_what_is_known_already_is_recorded_and_changes_nothing(manager: Manager) -> None:
    assert manager.take(told(1, attributes={"igtl_state": "NY"})) == ["APPLIED"]
    assert manager.take(told(2, attributes={"igtl_state": "NY"})) == ["RECORDED"]
    assert manager.take(told(1, attributes={"igtl_state": "CA"})) == ["OUTDATED"]
    assert [event.changes is None for event in events_of()] == [False, True, True]
    assert player().attributes == {"igtl_state": "NY"}


def test_what_concerns_nobody_is_in_the_timeline_of_nobody(manager: Manager) -> None:
    assert manager.take(told(1, None, event="daily_summary", properties={"total": Decimal("1.50")})) == ["RECORDED"]
    event = PlayerEvent.objects.get()
    assert (event.profile_id, event.properties) == (None, {"total": Decimal("1.50")})
    assert not Profile.objects.exists()


def test_a_new_event_gets_a_definition_and_an_unknown_attribute_none(manager: Manager) -> None:
    for _ in range(2):
        manager.take(
            told(
                3, event="igtl_brand_new", attributes={"nobody_knows": "x", "igtl_balance": "text"},
                ignored=(("odd", "UNKNOWN_ATTRIBUTE"),),
            )
        )  # fmt: skip
    made = EventDefinition.objects.get(name="igtl_brand_new", topic="Command")
    assert (made.event_count, made.is_listed, made.brand_id) == (2, True, BRAND)
    assert player().attributes == {}
    ignored = {(row.name, row.reason): row.count for row in IgnoredAttribute.objects.all()}
    assert ignored == {
        ("nobody_knows", "UNKNOWN_ATTRIBUTE"): 2,
        ("igtl_balance", "NOT_OF_ITS_TYPE"): 2,
        ("odd", "UNKNOWN_ATTRIBUTE"): 2,
    }  # fmt: skip


def test_preferences_are_created_and_raise_their_channel(manager: Manager) -> None:
    manager.take(told(1, channels={"email": False}))
    assert manager.take(told(2, preferences={"email": {"news": True, "offers": False}})) == ["APPLIED"]
    channels = player().channels
    assert channels["email"]["status"] is True
    assert channels["email"]["preferences"] == {"news": [True, minute(2)], "offers": [False, minute(2)]}
    assert events_of()[1].changes == {
        "preferences": {"email": {"news": [None, True], "offers": [None, False]}},
        "channels": {"email": [False, True]},
        "raised": {"email": ["news"]},
    }
    counts = {
        (row.channel, row.preference): (row.subscribed_count, row.unsubscribed_count)
        for row in Subscription.objects.all()
    }
    assert counts == {
        ("email", ""): (1, 0),
        ("email", "news"): (1, 0),
        ("email", "offers"): (0, 1),
        ("sms", ""): (0, 0),
    }


def test_a_player_is_found_by_email_or_created_by_it(manager: Manager) -> None:
    manager.take(told(1, attributes={"email": "Ada@Example.com"}))
    by_mail = {"identifier": "email", "identifier_value": " ADA@example.com "}
    assert manager.take(told(2, attributes={"igtl_state": "NY"}, **by_mail)) == ["APPLIED"]
    assert player().attributes["igtl_state"] == "NY"
    assert manager.take(told(3, identifier="mobile_number", identifier_value="+4412345")) == ["APPLIED"]
    assert player("+4412345").attributes == {}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"identifier": "passport"}, "UNKNOWN_IDENTIFIER"),
        ({"identifier_value": " "}, "UNKNOWN_IDENTIFIER"),
        ({"event": ""}, "INVALID_EVENT"),
        ({"happened_at_ms": -1}, "INVALID_TIME"),
        ({"brand_id": "rival:brand9"}, "UNSUPPORTED_BRAND"),
    ],
)
def test_what_cannot_be_taken_is_refused(manager: Manager, values: dict[str, Any], code: str) -> None:
    assert manager.take(told(1, **values), told(2)) == [code, "APPLIED"]
    assert Profile.objects.count() == PlayerEvent.objects.count() == 1


def test_what_is_dated_more_than_a_day_ahead_freezes_nothing(manager: Manager) -> None:
    day_ahead = epoch_ms(manager.cast.now) + 86_400_000
    far = told(happened_at_ms=4_102_444_799_999, attributes={"igtl_state": "wrong"}, is_blocked=True)
    nobody = told(1, None, happened_at_ms=day_ahead + 1)
    assert manager.take(far, nobody, told(1, attributes={"igtl_state": "NY"})) == [
        "TIME_AHEAD",
        "TIME_AHEAD",
        "APPLIED",
    ]
    assert manager.take(told(happened_at_ms=day_ahead + 1), told(happened_at_ms=day_ahead)) == [
        "TIME_AHEAD",
        "RECORDED",
    ]
    assert (player().attributes, player().is_blocked) == ({"igtl_state": "NY"}, False)


def test_a_player_of_another_operator_is_out_of_reach(manager: Manager) -> None:
    rival = manager.cast.rival_brand.pk
    assert manager.take(told(1, brand_id=rival)) == ["UNSUPPORTED_BRAND"]
    assert not Profile.objects.exists()


def test_a_name_that_no_index_takes_is_not_of_its_type(manager: Manager) -> None:
    endless = "".join(f"{number:x}" for number in range(3_000))
    codes = manager.take(told(1, attributes={"email": endless, "igtl_state": endless}), told(2, player_id="p2"))
    assert codes == ["APPLIED", "APPLIED"]
    assert player().attributes == {"igtl_state": endless}
    assert IgnoredAttribute.objects.get().name == "email"


@pytest.mark.parametrize("size", [1, 3])
def test_a_new_address_is_known_to_the_next_message_whatever_the_batch(manager: Manager, size: int) -> None:
    def by_mail(at: int, address: str, **attributes: str) -> PlayerMessage:
        return told(at, identifier="email", identifier_value=address, attributes=attributes)

    messages = [
        by_mail(1, "old@example.com", email="old@example.com"),
        by_mail(2, "old@example.com", email="New@example.com"),
        by_mail(3, "new@example.com", igtl_state="NY"),
    ]
    for start in range(0, 3, size):
        manager.take(*messages[start : start + size])
    assert player("old@example.com").attributes == {"email": "New@example.com", "igtl_state": "NY"}
    assert Profile.objects.count() == 1


def test_a_player_who_is_named_in_three_ways_is_one(manager: Manager) -> None:
    manager.take(told(1, attributes={"email": "ada@example.com", "mobile_number": "+44123"}))
    codes = manager.take(
        told(2, attributes={"igtl_balance": Decimal(1)}),
        told(3, identifier="email", identifier_value="ada@example.com", attributes={"igtl_state": "NY"}),
        told(4, identifier="mobile_number", identifier_value="+44123", tags={"gold": True}),
        told(5, identifier="email", identifier_value="ada@example.com", attributes={"first_name": "Ada"}),
    )
    assert codes == ["APPLIED"] * 4
    known = player()
    assert (known.attributes["igtl_balance"], known.attributes["igtl_state"]) == (1, "NY")
    assert (known.first_name, known.tags) == ("Ada", {"gold": [True, minute(4)]})


def test_a_player_who_is_named_by_number_and_by_email_at_once_is_one(manager: Manager) -> None:
    manager.take(told(1, attributes={"email": "ada@example.com", "mobile_number": "+44123"}))
    manager.take(
        told(3, identifier="email", identifier_value="ada@example.com", attributes={"igtl_state": "NY"}),
        told(4, identifier="mobile_number", identifier_value="+44123", attributes={"igtl_balance": Decimal(1)}),
    )
    assert {"igtl_balance", "igtl_state"} <= set(player().attributes)
