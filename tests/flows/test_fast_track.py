"""A casino's evening on a real RabbitMQ: bets, payments, a bonus, logins and consents, to pots and profiles."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from campaigns.models import PlayerEvent
from campaigns.queries.profiles import attributes_of, profiles_like
from integrations.models import GameRound, GameSession, Payment, PlayerBonus
from integrations.operations.refresh_players import Refresh, refresh_players
from jackpots.models import Contribution
from tests.cast import Cast
from tests.integrations import conftest as fixtures
from tests.integrations.kafka_support import member
from tests.integrations.profiles import Profiles, bonus, payment, user
from tests.integrations.support import Broker, Feeds, bet, counts_of, dead_reasons
from tests.invariants import assert_invariants
from tests.kafka import KafkaCluster

pytestmark = pytest.mark.django_db(transaction=True)
feeds, broker, profiles = fixtures.feeds, fixtures.broker, fixtures.profiles
GAP = timedelta(minutes=30)


Told = tuple[str, dict[str, Any]]


def evening_of(cast: Cast) -> list[Told]:
    """What a casino tells of a player's first evening, type and body."""
    evening = cast.now.replace(microsecond=0)

    def at(minute: int) -> str:
        return (evening + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z")

    euro = {"currency": "EUR", "exchange_rate": 1}
    return [
        ("USER_CREATE_V2", user(timestamp=at(0), email="ann@example.com", country="MT")),
        ("LOGIN_V2", user(timestamp=at(1))),
        ("USER_CONSENTS_V2", user(timestamp=at(1), consents=[{"type": "email", "opted_in": True}])),
        ("PAYMENT", payment("d1", type="Credit", status="Approved", timestamp=at(2), **euro)),
        ("PAYMENT", payment("d1", type="Credit", status="Requested", timestamp=at(1), **euro)),
        ("BONUS", bonus("x1", timestamp=at(3), exchange_rate=1)),
        *(("CASINO", bet(f"b{number}", amount=2, timestamp=at(4 + number))) for number in range(10)),
        ("CASINO", bet("w1", type="Win", round_id="r-b1", amount=7, timestamp=at(6))),
        ("CASINO", bet("b2", amount=2, status="Rollback", timestamp=at(20))),
        ("CASINO", bet("b20", amount=2, timestamp=at(60))),
        ("LOTTERY_V2", user()),
        ("USER_BLOCK_V2", user(timestamp=at(90), blocks=[{"type": "Excluded", "active": True, "note": "asked"}])),
    ]


CODES = {"PAYMENT": 2, "BONUS": 1, "ACCEPTED": 11, "ROUND": 1, "MARKED": 1, "UNSUPPORTED_TYPE": 1, "APPLIED": 4}
FIGURES = {"bet_amount": 20, "win_amount": 7, "net_amount": 13, "deposit_count": 1, "session_count": 2}


def refresh(cast: Cast) -> None:
    while refresh_players(Refresh(cast.now + timedelta(days=730), GAP)):
        pass


@pytest.mark.req("FTC-01", "FTC-02", "FTC-13", "GEN-10", "B-18", "B-19", "G-25")
def test_an_evening_of_a_player_over_rabbitmq(feeds: Feeds, cast: Cast, profiles: Profiles, broker: Broker) -> None:
    told = evening_of(cast)
    integration = feeds.from_queue(broker)
    for message_type, body in told:
        broker.publish(body, message_type=message_type)
    assert feeds.runner(integration).run_until_idle() == len(told)
    assert broker.waiting() == 0
    assert counts_of(integration) == CODES
    assert dead_reasons(integration) == ["UNSUPPORTED_TYPE"]
    assert Contribution.objects.count() == 11
    assert (Payment.objects.get().status, PlayerBonus.objects.get().status) == ("approved", "Created")
    assert profiles.events() == [
        "ft_user_created", "ft_login", "ft_consents", "ft_payment", "ft_payment", "ft_bonus", "ft_block",
    ]  # fmt: skip
    refresh(cast)
    assert profiles.events()[-3:] == ["ft_figures", "ft_session_ended", "ft_session_ended"]
    assert [row.bet_count for row in GameSession.objects.order_by("started_at")] == [9, 1]
    known = profiles.attributes()
    assert (known["email"], known["is_blocked"], known["ft_country"]) == (True, True, "MT")
    assert {name: known[f"ft_{name}"] for name in FIGURES} == FIGURES
    assert_invariants()


@pytest.mark.req("FTC-13", "B-21", "G-25")
def test_an_evening_of_a_player_over_kafka_to_the_profile(feeds: Feeds, cast: Cast, kafka: KafkaCluster) -> None:
    topic = kafka.create("fasttrack", partitions=3)
    integration = feeds.connected(
        transport="kafka", settings=feeds.mapping(topic=topic), connection=kafka.connection()
    )  # fmt: skip
    told = evening_of(cast)
    for number, (message_type, body) in enumerate([*told, told[3], told[8]]):
        # A broker that keeps no order: every message lies in some partition.
        kafka.produce(topic, [msgspec.json.encode(body)], keys=[f"k{number}"], headers={"type": message_type})
    assert member(integration).run_until_idle() == len(told) + 2
    assert GameRound.objects.count() == 11
    counts = counts_of(integration)
    assert (counts["PAYMENT"], counts["BONUS"], counts["DUPLICATE"]) == (2, 1, 1)
    assert Contribution.objects.count() in {10, 11}, "a rollback may have come first"
    refresh(cast)
    (player,) = profiles_like(cast.house.scope, "ann@")
    known = {one.name: one.value for one in attributes_of(player)}
    assert {name: known[f"ft_{name}"] for name in FIGURES} == FIGURES
    assert (known["ft_country"], player.is_blocked, player.player_id) == ("MT", True, "52530")
    events = [event.event for event in PlayerEvent.objects.filter(profile=player)]
    assert {"ft_payment", "ft_figures", "ft_session_ended", "ft_login"} <= set(events)
    assert_invariants()
