"""What an approval creates in the data manager, and what segments may use of it."""

import dataclasses
from typing import Any

import pytest

from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from campaigns.models import AttributeDefinition, EventDefinition, Subscription
from campaigns.operations.set_segmentable import set_segmentable
from campaigns.queries.definitions import event_definition, event_definitions, segmentable_events
from integrations.kinds import registry
from integrations.operations.settle_messages import Feed
from integrations.operations.take_player_messages import take_player_messages
from integrations.wire.decoded import Decoded
from integrations.wire.players import AttributeDefinition as Attribute
from integrations.wire.players import Definitions
from integrations.wire.players import EventDefinition as Event
from tests.campaigns.support import BRAND, DEFINITIONS, Manager, told
from tests.cast import Cast
from tests.integrations.support import Feeds
from tests.integrations.test_player_kinds import FEATURE, GIG, IGTL, switch

pytestmark = pytest.mark.django_db


@pytest.mark.req("IGT-21", "IGT-42")
def test_everything_is_there_before_data_comes(manager: Manager) -> None:
    events = {(one.name, one.topic): one for one in EventDefinition.objects.all()}
    assert events["igtl_player_update", "Command"].properties == ["state", "dob"]
    assert events["igtl_player_update", "PDP"].properties == ["lifetime_wins"]
    assert {one.event_count for one in events.values()} == {0}
    assert AttributeDefinition.objects.filter(is_system=True).count() == 4
    assert {(one.channel, one.preference) for one in Subscription.objects.all()} == {("email", ""), ("sms", "")}


def test_what_is_defined_again_adds_what_is_new(manager: Manager) -> None:
    manager.take(told(1, event="igtl_fresh"))
    manager.define()
    more = Definitions(
        brand_ids=(BRAND,),
        events=(
            Event(name="igtl_fresh", title="Fresh", topic="Command", properties=("a",)),
            Event(name="igtl_player_update", title="Update", topic="Command", properties=("dob", "extra")),
        ),
        attributes=(Attribute(name="igtl_state", type="number"), Attribute(name="igtl_new", type="number")),
    )
    manager.define(more, kind="other")
    fresh = EventDefinition.objects.get(name="igtl_fresh")
    assert (fresh.title, fresh.event_count, fresh.properties) == ("Fresh", 1, ["a"])
    update = EventDefinition.objects.get(name="igtl_player_update", topic="Command")
    assert update.properties == ["state", "dob", "extra"]
    assert (
        dict(AttributeDefinition.objects.filter(is_system=False).values_list("name", "type"))["igtl_state"] == "string"
    )


@pytest.mark.req("B-31")
def test_nothing_is_defined_for_the_brand_of_another_operator(manager: Manager) -> None:
    foreign = Definitions(brand_ids=(BRAND, manager.cast.rival_brand.pk), events=DEFINITIONS.events)
    with pytest.raises(Refusal, match="FORBIDDEN"):
        manager.define(foreign)
    assert not EventDefinition.objects.exclude(operator_id="thrilltech").exists()


@pytest.mark.req("GIG-13", "GIG-26")
def test_an_event_is_listed_once_seen_and_segmentable_once_enabled(manager: Manager) -> None:
    scope = manager.cast.house.scope
    manager.define(Definitions(brand_ids=(BRAND,), events=DEFINITIONS.events[2:]), kind="gig")
    assert "gig_bonus" not in {one.name for one in event_definitions(scope)}
    manager.take(told(1, event="gig_bonus", topic="Bonus"), kind="gig")
    assert "gig_bonus" in {one.name for one in event_definitions(scope)}
    bonus = EventDefinition.objects.get(name="gig_bonus")
    person = manager.cast.admin
    values: dict[str, Any] = {"actor": Actor.staff(person), "now": manager.cast.now}
    for hidden in (manager.cast.rival_house.scope, Scope("thrilltech", frozenset({"thrilltech:brand2"}))):
        with pytest.raises(Refusal, match="NOT_FOUND"):
            set_segmentable(bonus.pk, is_segmentable=True, scope=hidden, **values)
        with pytest.raises(Refusal, match="NOT_FOUND"):
            event_definition(hidden, bonus.pk)
    for _ in range(2):
        set_segmentable(bonus.pk, is_segmentable=True, scope=scope, **values)
    assert bonus in segmentable_events(scope, BRAND)
    (entry,) = AuditEntry.objects.filter(action="event.segmentable_changed")
    assert (entry.before, entry.after) == ({"is_segmentable": False}, {"is_segmentable": True})


@pytest.mark.req("GIG-26", "IGT-44")
def test_new_events_are_for_segments_as_their_kind_says_whatever_was_switched_since(manager: Manager) -> None:
    scope = manager.cast.house.scope
    values: dict[str, Any] = {"actor": Actor.staff(manager.cast.admin), "now": manager.cast.now}
    switch(manager.cast, "gig", "igtl", FEATURE)
    feeds = Feeds(manager.cast)
    made = {kind: feeds.connected(**changes) for kind, changes in (("gig", GIG), ("igtl", IGTL))}
    for one in EventDefinition.objects.all():
        set_segmentable(one.pk, is_segmentable=one.integration_kind == "gig", scope=scope, **values)
    for kind, integration in made.items():
        feed = Feed("thrilltech", integration.pk, kind, manager.cast.now)
        message = told(1, event=f"{kind}_brand_new", topic="New")
        take_player_messages(feed, [Decoded(key="", variant="", digest=b"", content=message)])
    found = dict(EventDefinition.objects.filter(topic="New").values_list("name", "is_segmentable"))
    assert found == {"gig_brand_new": False, "igtl_brand_new": True}


@pytest.mark.req("IGT-21", "IGT-22")
def test_the_approval_of_an_integration_defines_what_its_kind_brings(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = Feeds(cast)
    kinds = registry.kinds()
    brought = dataclasses.replace(kinds["fasttrack"], definitions=lambda _settings: DEFINITIONS)
    monkeypatch.setitem(kinds, "fasttrack", brought)
    submitted = feeds.submit()
    assert not EventDefinition.objects.exists()
    feeds.decide(submitted)
    assert EventDefinition.objects.count() == 3
    assert set(EventDefinition.objects.values_list("integration_kind", flat=True)) == {"fasttrack"}
