"""A casino's evening on a real RabbitMQ: bets, payments, a bonus, logins and consents, to pots and profiles."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from integrations.models import GameSession, Payment, PlayerBonus
from integrations.operations.refresh_players import Refresh, refresh_players
from jackpots.models import Contribution
from tests.cast import Cast
from tests.integrations import conftest as fixtures
from tests.integrations.profiles import Profiles, bonus, payment, user
from tests.integrations.support import Broker, Feeds, bet, counts_of, dead_reasons
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db(transaction=True)
feeds, broker, profiles = fixtures.feeds, fixtures.broker, fixtures.profiles
GAP = timedelta(minutes=30)


def stamp(evening: datetime, minute: int) -> str:
    return (evening + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z")


@pytest.mark.req("FTC-01", "FTC-02", "FTC-13", "GEN-10", "B-18", "B-19", "G-25")
def test_an_evening_of_a_player(feeds: Feeds, cast: Cast, profiles: Profiles, broker: Broker) -> None:
    evening = cast.now.replace(microsecond=0)

    def at(minute: int) -> str:
        return stamp(evening, minute)

    told: list[tuple[str, dict[str, Any]]] = [
        ("USER_CREATE_V2", user(timestamp=at(0), email="ann@example.com", country="MT")),
        ("LOGIN_V2", user(timestamp=at(1))),
        ("USER_CONSENTS_V2", user(timestamp=at(1), consents=[{"type": "email", "opted_in": True}])),
        ("PAYMENT", payment("d1", type="Credit", status="Approved", timestamp=at(2), currency="EUR", exchange_rate=1)),
        ("PAYMENT", payment("d1", type="Credit", status="Requested", timestamp=at(1), currency="EUR", exchange_rate=1)),
        ("BONUS", bonus("x1", timestamp=at(3), exchange_rate=1)),
        *(("CASINO", bet(f"b{number}", amount=2, timestamp=at(4 + number))) for number in range(10)),
        ("CASINO", bet("w1", type="Win", round_id="r-b1", amount=7, timestamp=at(6))),
        ("CASINO", bet("b2", amount=2, status="Rollback", timestamp=at(20))),
        ("CASINO", bet("b20", amount=2, timestamp=at(60))),
        ("LOTTERY_V2", user()),
        (
            "USER_BLOCK_V2",
            user(timestamp=at(90), blocks=[{"type": "Excluded", "active": True, "note": "asked for it"}]),
        ),
    ]
    integration = feeds.from_queue(broker)
    for message_type, body in told:
        broker.publish(body, message_type=message_type)
    assert feeds.runner(integration).run_until_idle() == len(told)
    assert broker.waiting() == 0
    assert counts_of(integration) == {
        "APPLIED": 4, "PAYMENT": 2, "BONUS": 1, "ACCEPTED": 11, "ROUND": 1, "MARKED": 1, "UNSUPPORTED_TYPE": 1,
    }  # fmt: skip
    assert dead_reasons(integration) == ["UNSUPPORTED_TYPE"]
    assert Contribution.objects.count() == 11
    assert (Payment.objects.get().status, PlayerBonus.objects.get().status) == ("approved", "Created")
    assert profiles.events() == [
        "ft_user_created", "ft_login", "ft_consents", "ft_payment", "ft_payment", "ft_bonus", "ft_block",
    ]  # fmt: skip

    night = evening + timedelta(days=730)
    while refresh_players(Refresh(night, GAP)):
        pass
    assert profiles.events()[-3:] == ["ft_figures", "ft_session_ended", "ft_session_ended"]
    assert [row.bet_count for row in GameSession.objects.order_by("started_at")] == [9, 1]
    known = profiles.attributes()
    assert (known["email"], known["is_blocked"], known["ft_country"]) == (True, True, "MT")
    figures = {name: known[f"ft_{name}"] for name in ("bet_amount", "win_amount", "net_amount", "deposit_count")}
    assert figures == {"bet_amount": 20, "win_amount": 7, "net_amount": 13, "deposit_count": 1}
    assert_invariants()
