"""Sessions and figures of players: computed behind the feed, the same whatever the order of its messages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.models import GameActivity, GameSession, Payment, PlayerBonus, PlayerFigures, StalePlayer
from integrations.operations.build_player_figures import FIGURES
from integrations.operations.own_feed import OwnedFeed
from integrations.operations.prune_feed_messages import prune_feed_messages
from integrations.operations.prune_game_rounds import prune_game_rounds
from integrations.operations.prune_player_history import prune_player_history
from integrations.operations.refresh_players import Refresh, refresh_players
from integrations.tasks import refresh_players as task
from tests.integrations.profiles import Profiles, bonus, payment, user
from tests.integrations.support import Feeds, Ledger, bet, raw
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db

GAP = timedelta(minutes=30)
DAY = timedelta(days=1)
START = datetime(2026, 3, 14, 10, tzinfo=UTC)
LONG_AFTER = START + timedelta(days=10)
IDS = ("activity_id", "round_id", "payment_id", "user_bonus_id")
Told = tuple[str, dict[str, Any]]


def at(minute: float) -> str:
    return (START + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z")


def play(name: str, minute: float, **changes: Any) -> Told:
    return "CASINO", bet(name, **({"timestamp": at(minute), "amount": 2} | changes))


def win(name: str, minute: float, **changes: Any) -> Told:
    return play(name, minute, **({"type": "Win"} | changes))


def refresh(now: datetime = LONG_AFTER) -> int:
    return refresh_players(Refresh(now, GAP))


def take(feeds: Feeds, owned: OwnedFeed, told: list[Told], size: int = 1, *, every: bool = False) -> None:
    for start in range(0, len(told), size):
        feeds.take(owned, *(raw(body, message_type) for message_type, body in told[start : start + size]))
        if every:
            refresh()
    refresh()


def of(player_id: str, told: list[Told]) -> list[Told]:
    """The same story of another player."""
    renamed = []
    for message_type, body in told:
        ids = {name: f"{body[name]}-{player_id}" for name in IDS if name in body}
        renamed.append((message_type, {**body, **ids, "user_id": player_id}))
    return renamed


def state(player_id: str = "52530") -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Sessions and figures of a player."""
    rows = GameSession.objects.filter(player_id=player_id).order_by("started_at").values()
    row = PlayerFigures.objects.get(player_id=player_id)
    return [{**one, "id": 0, "player_id": ""} for one in rows], {name: getattr(row, name) for name in FIGURES}


STORY = [
    play("b1", 0),
    win("w1", 1, round_id="r-b1", amount=5),
    play("b2", 20, status="Rollback"),
    play("b2", 19),
    play("b3", 55, game_id="20417", game_name="Book", vendor_id="4", amount=9),
    play("b4", 86),
]


@pytest.mark.req("FTC-13", "B-18")
def test_a_story_makes_these_sessions_in_every_order(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    take(feeds, owned, STORY)
    expected = state()
    assert [(row["bet_count"], int(row["bet_base_micros"]), row["win_count"]) for row in expected[0]] == [
        (1, 2_000_000, 1), (1, 9_000_000, 0), (1, 2_000_000, 0),
    ]  # fmt: skip
    assert [(row["last_at"] - row["started_at"]).seconds // 60 for row in expected[0]] == [19, 0, 0]
    assert (expected[1]["bet_base_micros"], expected[1]["win_base_micros"]) == (13_000_000, 5_000_000)
    assert expected[1]["session_count"] == 3
    assert_invariants()
    # A player for each order; every batch brings the next one, two or three messages of each of them.
    orders = {f"player {number}": of(f"player {number}", [*order]) for number, order in enumerate(permutations(STORY))}
    for step in range(len(STORY)):
        batch = []
        for number, told in enumerate(orders.values()):
            size = number % 3 + 1
            batch += told[step * size : (step + 1) * size]
        feeds.take(owned, *(raw(body, message_type) for message_type, body in batch))
        if step in {0, 2, 5}:
            while refresh():
                pass
    assert len(orders) == 720
    for player_id in orders:
        assert state(player_id) == expected, player_id
    assert_invariants()


EVENTS = st.sampled_from(
    [
        *STORY,
        win("w3", 60, round_id="r-b3", amount=0),
        win("w3", 61, round_id="r-b3", amount=0, status="Rollback"),
        play("b5", 40),
        ("PAYMENT", payment(type="Credit", status="Approved", timestamp=at(3))),
        ("PAYMENT", payment(type="Credit", status="Rollback", timestamp=at(4))),
        ("PAYMENT", payment("p2", type="Debit", status="Approved", timestamp=at(5))),
        ("BONUS", bonus(status="Created", timestamp=at(6))),
        ("BONUS", bonus(status="Reversed", timestamp=at(5))),
        ("LOGIN_V2", user(timestamp=at(-1))),
        ("LOGIN_V2", user(timestamp=at(50))),
    ]
)  # fmt: skip


@pytest.mark.req("FTC-13", "B-18")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(EVENTS, min_size=1, max_size=6, unique_by=repr), data=st.data())
def test_up_to_six_events_of_all_kinds_end_in_one_state(
    feeds: Feeds, ledger: Ledger, profiles: Profiles, told: list[Told], data: st.DataObject
) -> None:
    owned = feeds.owned(feeds.connected())
    PlayerFigures.objects.all().delete()
    for model in (GameSession, StalePlayer):
        model.objects.all().delete()
    sizes = st.integers(1, 6)
    players = [f"{owned.position_id} {number}" for number in range(2)]
    take(feeds, owned, of(players[0], told), data.draw(sizes), every=data.draw(st.booleans()))
    shuffled = of(players[1], data.draw(st.permutations(told)))
    take(feeds, owned, shuffled, data.draw(sizes), every=data.draw(st.booleans()))
    assert state(players[0]) == state(players[1])


@pytest.mark.req("FTC-13")
def test_a_session_ends_after_more_than_the_gap(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    take(feeds, owned, [play("b1", 0), play("b2", 30), play("b3", 60 + 1 / 60_000_000)])
    assert [row["bet_count"] for row in state()[0]] == [2, 1]
    assert_invariants()


@pytest.mark.req("FTC-13")
def test_a_late_bet_joins_two_sessions_and_the_end_is_told_once(
    feeds: Feeds, ledger: Ledger, profiles: Profiles
) -> None:
    owned = feeds.owned(feeds.connected())
    take(feeds, owned, [play("b1", 0), play("b2", 50)])
    assert profiles.events() == ["ft_figures", "ft_session_ended", "ft_session_ended"]
    take(feeds, owned, [play("b3", 25)])
    assert [row["bet_count"] for row in state()[0]] == [3]
    assert profiles.events().count("ft_session_ended") == 2, "what was told is not told again"
    assert_invariants()


@pytest.mark.req("FTC-13")
def test_the_end_of_a_session_says_what_it_was(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    feeds.take(owned, *(raw(body) for _, body in (play("b1", 0, amount=2.5), win("w1", 2, round_id="r-b1", amount=1))))
    refresh(START + timedelta(minutes=32))
    assert profiles.events() == ["ft_figures"], "thirty minutes are not more than thirty"
    refresh(START + timedelta(minutes=32, seconds=1))
    ended = profiles.messages[-1]
    assert (ended.event, ended.topic, ended.brand_id) == ("ft_session_ended", "CASINO", "thrilltech:brand1")
    assert ended.properties == {
        "started_at": "2026-03-14T10:00:00.000Z", "ended_at": "2026-03-14T10:02:00.000Z", "round_count": 1,
        "bet_count": 1, "bet_amount": Decimal("2.5"), "win_count": 1, "win_amount": Decimal(1),
        "net_amount": Decimal("1.5"),
    }  # fmt: skip
    assert refresh(START + timedelta(hours=5)) == 0


@pytest.mark.req("FTC-13")
def test_figures_of_all_that_a_player_does(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    take(
        feeds, owned,
        [
            *STORY, play("b9", 10, currency="USD", exchange_rate=0.5, amount=2, game_type="Table"),
            ("PAYMENT", payment("d1", type="Credit", timestamp=at(1))),
            ("PAYMENT", payment("d2", type="Credit", timestamp=at(2))),
            ("PAYMENT", payment("d2", type="Credit", status="Rollback", timestamp=at(9))),
            ("PAYMENT", payment("d3", type="Credit", status="Requested", timestamp=at(3))),
            ("PAYMENT", payment("w1", timestamp=at(4), currency="EUR", exchange_rate=1, amount=7)),
            ("BONUS", bonus("x1", timestamp=at(5))), ("BONUS", bonus("x1", status="Completed", timestamp=at(6))),
            ("BONUS", bonus("x2", status="Pending", timestamp=at(5))),
            ("LOGIN_V2", user(timestamp=at(-5))), ("LOGIN_V2", user(timestamp=at(70))),
            ("LOGIN_V2", user(timestamp=at(90), is_impersonated=True)),
        ],
        50,
    )  # fmt: skip
    known = profiles.attributes()
    assert {name: value for name, value in known.items() if isinstance(value, Decimal)} == {
        "ft_session_count": 3, "ft_round_count": 4, "ft_bet_count": 4, "ft_bet_amount": 14, "ft_win_count": 1,
        "ft_win_amount": 5, "ft_net_amount": 9, "ft_deposit_count": 1, "ft_deposit_amount": Decimal("29.8116"),
        "ft_withdrawal_count": 1, "ft_withdrawal_amount": 7, "ft_bonus_count": 1, "ft_bonus_completed_count": 1,
        "ft_bonus_amount": Decimal("1.03"),
    }  # fmt: skip
    assert {name: value for name, value in known.items() if isinstance(value, str)} == {
        "ft_favourite_game": "Book", "ft_favourite_game_id": "20417", "ft_favourite_vendor": "Netent",
        "ft_favourite_game_type": "Slots", "ft_first_activity_at": "2026-03-14T10:00:00.000Z",
        "ft_last_activity_at": "2026-03-14T11:26:00.000Z", "ft_first_deposit_at": "2026-03-14T10:01:00.000Z",
        "ft_last_deposit_at": "2026-03-14T10:01:00.000Z", "ft_first_withdrawal_at": "2026-03-14T10:04:00.000Z",
        "ft_last_withdrawal_at": "2026-03-14T10:04:00.000Z", "ft_first_login_at": "2026-03-14T09:55:00.000Z",
        "ft_last_login_at": "2026-03-14T11:10:00.000Z",
    } | {"ft_favourite_vendor": "Netent"}  # fmt: skip
    assert_invariants()


@pytest.mark.req("FTC-13")
def test_an_active_player_is_told_of_now_and_then_and_one_who_pays_at_once(
    feeds: Feeds, ledger: Ledger, profiles: Profiles
) -> None:
    owned = feeds.owned(feeds.connected())
    for minute in range(12):
        feeds.take(owned, raw(play(f"b{minute}", minute)[1]))
        refresh(START + timedelta(minutes=minute))
    assert profiles.events() == ["ft_figures"] * 3
    feeds.take(owned, raw(payment(type="Credit"), "PAYMENT"))
    refresh(START + timedelta(minutes=12))
    assert profiles.events() == [*["ft_figures"] * 3, "ft_payment", "ft_figures"]
    assert profiles.attributes()["ft_bet_count"] == 12
    assert refresh(START + timedelta(minutes=20)) == 0


@pytest.mark.req("FTC-13", "B-19")
def test_a_player_of_whom_nobody_will_hear_holds_up_nobody(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    profiles.poisoned_players.add("poison")
    for player_id in ("ann", "poison", "bob"):
        feeds.take(owned, raw(play(f"b-{player_id}", 0, user_id=player_id)[1]))
    now = feeds.cast.now
    assert refresh(now) == 2
    assert set(PlayerFigures.objects.values_list("player_id", flat=True)) == {"ann", "bob"}
    assert StalePlayer.objects.get().player_id == "poison"
    profiles.poisoned_players.clear()
    assert refresh(now) == 0
    assert refresh(now + timedelta(minutes=5)) == 1
    assert_invariants()


def test_the_task_works_off_what_waits(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    feeds.take(owned, *(raw(play(f"b{number}", number, user_id=f"p{number}")[1]) for number in range(20)))
    StalePlayer.objects.update(due_at=START)
    task()
    assert PlayerFigures.objects.count() == 20
    assert not StalePlayer.objects.exists()
    assert_invariants()


@pytest.mark.req("FTC-13")
def test_what_is_forgotten_stays_in_the_figures(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    old: list[Told] = [
        *STORY,
        ("PAYMENT", payment("d1", type="Credit", timestamp=at(1))),
        ("BONUS", bonus("x1", status="Completed", timestamp=at(2))),
        ("LOGIN_V2", user(timestamp=at(0))),
    ]
    take(feeds, owned, [*old, play("b7", 4 * 24 * 60), ("PAYMENT", payment("d2", type="Credit", timestamp=at(9_000)))])
    before = state()[1]
    now = START + timedelta(days=33)
    assert prune_game_rounds(now=now, kept=30 * DAY) == 0, "a round stays as long as its session"
    prune_feed_messages(now=now, kept=30 * DAY)
    assert prune_player_history(now=now, kept=30 * DAY) == 1
    assert prune_game_rounds(now=now, kept=30 * DAY) == 4
    assert GameSession.objects.count() == Payment.objects.count() == GameActivity.objects.count() == 1
    assert not PlayerBonus.objects.exists()
    assert prune_player_history(now=now, kept=30 * DAY) == 0
    assert_invariants()
    take(feeds, owned, [play("b8", 4 * 24 * 60 + 10, amount=1)])
    after = state()[1]
    assert {name for name in FIGURES if before[name] != after[name]} == {
        "bet_count", "bet_base_micros", "round_count", "last_activity_at", "games",
    }  # fmt: skip
    assert after["bet_base_micros"] == before["bet_base_micros"] + 1_000_000
    take(feeds, owned, [play("late", 3)])
    assert state()[1] == after, "of what is forgotten no session is made any more"
    assert_invariants()


@pytest.mark.req("FTC-13")
def test_figures_are_dated_with_what_they_count_and_later_each_time(
    feeds: Feeds, ledger: Ledger, profiles: Profiles
) -> None:
    owned = feeds.owned(feeds.connected())
    take(feeds, owned, [play("b2", 50)])
    take(feeds, owned, [play("b1", 0), ("PAYMENT", payment(timestamp=at(1)))])
    dates = [message.happened_at_ms for message in profiles.messages if message.event == "ft_figures"]
    assert dates == [int(START.timestamp() * 1000) + 50 * 60_000 + later for later in (0, 1)]
    assert profiles.attributes()["ft_bet_count"] == 2


@pytest.mark.req("R-40")
def test_figures_of_bonuses_alone_are_dated_with_them(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    take(feeds, owned, [("BONUS", bonus(timestamp=at(6)))])
    take(feeds, owned, [("PAYMENT", payment(status="Rollback", timestamp=at(7), user_id="nothing counts"))])
    told = [message for message in profiles.messages if message.event == "ft_figures"]
    assert [(one.identifier_value, one.happened_at_ms) for one in told] == [
        ("52530", int(START.timestamp() * 1000) + 6 * 60_000)
    ]
    assert refresh() == 0
