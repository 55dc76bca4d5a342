"""Integrations that would take each other's messages are not connected beside each other."""

from typing import Any

import pytest

from backoffice.core.errors import Refusal
from integrations.models import Integration, IntegrationState
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.operations.set_kind_flag import Switch, set_kind_flag
from integrations.operations.submit_integration import submit_integration
from tests.cast import SYSTEM, Cast, House
from tests.integrations.support import ORIGIN, Feeds

pytestmark = [pytest.mark.django_db, pytest.mark.req("B-31")]


def partner(group: str = "potluck", brokers: str = "one.example.com:9092,two.example.com:9092") -> dict[str, Any]:
    return {"brokers": brokers, "security": "plaintext", "group": group}


def over_kafka(feeds: Feeds, connection: dict[str, Any], topic: str = "casino") -> Integration:
    return feeds.submit(transport="kafka", settings=feeds.mapping(topic=topic), connection=connection)


def submitted_by(house: House, feeds: Feeds, **changes: Any) -> Integration:
    """As the rival does it."""
    set_kind_flag(Switch(house.operator.pk, "fasttrack", is_enabled=True), actor=SYSTEM, now=feeds.cast.now)
    brands = [{"origin": ORIGIN, "brand_id": house.brands[0].pk}]
    settings = {"brands": brands, "default_source_id": "sitewide-casino", **changes.pop("settings", {})}
    submission = feeds.submission(operator_id=house.operator.pk, settings=settings, **changes)
    return submit_integration(
        submission, submitted_by=house.staff["admin"], scope=house.scope, actor=SYSTEM, now=feeds.cast.now
    )


def test_two_members_of_one_group_would_each_miss_what_the_other_gets(feeds: Feeds, cast: Cast) -> None:
    first = over_kafka(feeds, partner())
    feeds.decide(first)
    second = over_kafka(feeds, partner(brokers="two.example.com:9092"))
    with pytest.raises(Refusal, match="consumer group is in use"):
        feeds.decide(second)
    for harmless in (
        over_kafka(feeds, partner(group="")),
        over_kafka(feeds, partner(group="another")),
        over_kafka(feeds, partner(), topic="payments"),
        over_kafka(feeds, partner(brokers="three.example.com:9092")),
    ):
        feeds.decide(harmless)
    disconnect_integration(first.pk, reason="Moved.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    second.refresh_from_db()
    feeds.decide(second)
    assert second.state == IntegrationState.ACTIVE


@pytest.mark.parametrize(
    ("transport", "connection"),
    [("kafka", {"server": "ours"}), ("rabbitmq", {"server": "ours", "queue": "bets", "exchange": "casino"})],
)
def test_what_one_operator_has_on_our_own_broker_is_no_others(
    feeds: Feeds, cast: Cast, transport: str, connection: dict[str, Any]
) -> None:
    feeds.decide(feeds.submit(transport=transport, connection=connection))
    feeds.decide(feeds.submit(transport=transport, connection=connection))
    house = cast.rival_house
    for given in (connection, connection | ({"queue": "casino", "exchange": ""} if transport == "rabbitmq" else {})):
        foreign = submitted_by(house, feeds, transport=transport, connection=given)
        with pytest.raises(Refusal, match="is taken on our own broker"):
            feeds.decide(foreign, by=house.staff["approver"])
    free = (
        {"settings": {"topic": "rival"}}
        if transport == "kafka"
        else {"connection": connection | {"queue": "q", "exchange": ""}}
    )
    own = submitted_by(house, feeds, **({"transport": transport, "connection": connection} | free))
    feeds.decide(own, by=house.staff["approver"])
    assert own.state == IntegrationState.ACTIVE
