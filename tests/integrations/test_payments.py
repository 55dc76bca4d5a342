"""Payments, bonuses and what players do: one state whatever the order, one effect for each change."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.models import DeadLetter, GameRound, Payment, PlayerBonus, StalePlayer
from integrations.operations.prune_feed_messages import prune_feed_messages
from integrations.wire.outcomes import Outcome
from tests.integrations.profiles import Profiles, bonus, payment, user
from tests.integrations.support import Feeds, Ledger, bet, counts_of, dead_reasons, position_of, raw
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
Told = tuple[str, dict[str, Any]]


def at(minute: int) -> str:
    return f"2026-03-02T08:{minute:02d}:00Z"


def step(status: str, minute: int, **changes: Any) -> Told:
    return "PAYMENT", payment("p1", status=status, timestamp=at(minute), type="Credit", **changes)


def change(status: str, minute: int, **changes: Any) -> Told:
    return "BONUS", bonus("b1", status=status, timestamp=at(minute), **changes)


REQUESTED, APPROVED = step("Requested", 0, amount=30), step("Approved", 2)
STORIES: dict[str, tuple[list[Told], str]] = {
    "asked for": ([REQUESTED], "requested"),
    "approved": ([REQUESTED, APPROVED], "approved"),
    "rejected": ([REQUESTED, step("Rejected", 3)], "rejected"),
    "cancelled": ([REQUESTED, step("Cancelled", 3)], "cancelled"),
    "rolled back": ([REQUESTED, APPROVED, step("Rollback", 9)], "rolled_back"),
    "rolled back and cancelled": ([REQUESTED, APPROVED, step("Rollback", 9), step("Cancelled", 12)], "rolled_back"),
    "rejected, then approved": ([REQUESTED, step("Rejected", 1), APPROVED], "approved"),
    "at the same instant": ([REQUESTED, APPROVED, step("Rejected", 2), step("Cancelled", 2)], "rejected"),
}
BONUSES: dict[str, tuple[list[Told], str]] = {
    "completed": (
        [change("Pending", 0), change("Created", 1), change("Ongoing", 2), change("Completed", 3)], "Completed",
    ),
    "lost late": ([change("Created", 9), change("Ongoing", 2), change("Lost", 1)], "Lost"),
    "reversed": (
        [change("Created", 1), change("Ongoing", 2), change("AutoCompleted", 3, bonus_turned_real=4),
         change("Reversed", 2, bonus_turned_real=0)],
        "Reversed",
    ),
    "the later end": ([change("Created", 1), change("Expired", 5), change("Forfeited", 4)], "Expired"),
}  # fmt: skip


def taken(feeds: Feeds, told: list[Told], size: int = 1) -> Any:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    for start in range(0, len(told), size):
        feeds.take(owned, *(raw(body, message_type) for message_type, body in told[start : start + size]))
    return integration


def payments_of(integration: Any) -> list[dict[str, Any]]:
    rows = Payment.objects.filter(integration=integration).order_by("payment_id").values()
    return [{**row, "id": 0, "integration_id": None} for row in rows]


def bonuses_of(integration: Any) -> list[dict[str, Any]]:
    rows = PlayerBonus.objects.filter(integration=integration).order_by("user_bonus_id").values()
    return [{**row, "id": 0, "integration_id": None} for row in rows]


@pytest.mark.req("FTC-13", "B-18")
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_a_payment_ends_alike_in_every_order(feeds: Feeds, profiles: Profiles, story: tuple[list[Told], str]) -> None:
    told, status = story
    expected = payments_of(taken(feeds, told))
    assert [row["status"] for row in expected] == [status]
    for order in permutations(told):
        assert payments_of(taken(feeds, list(order), 2)) == expected
    assert_invariants()


@pytest.mark.req("FTC-13")
@pytest.mark.parametrize("story", BONUSES.values(), ids=BONUSES.keys())
def test_a_bonus_ends_alike_in_every_order(feeds: Feeds, profiles: Profiles, story: tuple[list[Told], str]) -> None:
    told, status = story
    expected = bonuses_of(taken(feeds, told))
    assert [row["status"] for row in expected] == [status]
    for order in permutations(told):
        assert bonuses_of(taken(feeds, list(order), 3)) == expected
    assert_invariants()


EVENTS = st.sampled_from(
    [*(told for story, _ in (*STORIES.values(), *BONUSES.values()) for told in story), ("CASINO", bet("a1", amount=2)),
     ("CASINO", bet("a1", amount=2, status="Rollback", timestamp=at(50)))]
)  # fmt: skip


@pytest.mark.req("FTC-13", "B-18")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(EVENTS, min_size=1, max_size=6, unique_by=repr), data=st.data())
def test_up_to_six_of_all_kinds_end_alike(
    feeds: Feeds, ledger: Ledger, profiles: Profiles, told: list[Told], data: st.DataObject
) -> None:
    # The same identity with other content is a conflict, of which whichever came first stays.
    told = list({(kind, body.get("status"), body.get("activity_id")): (kind, body) for kind, body in told}.values())
    first = taken(feeds, told, data.draw(st.integers(1, 6)))
    second = taken(feeds, data.draw(st.permutations(told)), data.draw(st.integers(1, 6)))
    assert payments_of(first) == payments_of(second)
    assert bonuses_of(first) == bonuses_of(second)
    rounds = [list(GameRound.objects.filter(integration=one).values("bet_count", "bet_micros", "rollback_count"))
              for one in (first, second)]  # fmt: skip
    assert rounds[0] == rounds[1]
    assert ledger.refusals == {}


@pytest.mark.req("FTC-13")
def test_the_figures_of_a_payment_are_those_of_its_approval(feeds: Feeds, profiles: Profiles) -> None:
    row = payments_of(taken(feeds, [APPROVED, REQUESTED]))[0]
    assert (row["amount_micros"], row["base_micros"], row["told_by"]) == (32_760_000, 29_811_600, "approved")
    assert (row["happened_at"].minute, row["last_at"].minute) == (0, 2)


@pytest.mark.req("FTC-05", "B-19")
def test_the_same_step_again_is_a_duplicate_and_with_other_content_a_conflict(feeds: Feeds, profiles: Profiles) -> None:
    integration = taken(feeds, [APPROVED, APPROVED, step("Approved", 2, amount=32.77), REQUESTED])
    assert counts_of(integration) == {"PAYMENT": 2, "DUPLICATE": 1, "CONFLICT": 1}
    assert dead_reasons(integration) == ["CONFLICT"]
    assert Payment.objects.get().amount_micros == 32_760_000
    assert profiles.events() == ["ft_payment", "ft_payment"]
    assert_invariants()


@pytest.mark.req("B-19")
@pytest.mark.parametrize("changes", [{"user_id": "another"}, {"currency": "EUR"}, {"type": "Debit"}])
def test_a_step_of_another_payment_of_that_id_is_a_conflict(
    feeds: Feeds, profiles: Profiles, changes: dict[str, Any]
) -> None:
    other = {**APPROVED[1], "status": "Rollback", **changes}
    integration = taken(feeds, [APPROVED, ("PAYMENT", other)])
    assert dead_reasons(integration) == ["CONFLICT"]
    assert Payment.objects.get().status == "approved"
    assert_invariants()


@pytest.mark.req("FTC-13", "B-21")
def test_a_change_of_a_bonus_has_one_effect_for_ever(feeds: Feeds, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    feeds.take(owned, raw(change("Created", 1)[1], "BONUS"), raw(change("Created", 1)[1], "BONUS"))
    prune_feed_messages(now=feeds.cast.now + 100 * DAY, kept=90 * DAY)
    assert [one.code for one in feeds.take(owned, raw(change("Created", 1)[1], "BONUS"))] == ["DUPLICATE"]
    feeds.take(owned, raw(change("Lost", 5)[1], "BONUS"))
    assert profiles.events() == ["ft_bonus", "ft_bonus"]
    assert dict(PlayerBonus.objects.get().statuses).keys() == {"Created", "Lost"}


@pytest.mark.req("FTC-13", "G-25")
def test_a_batch_of_all_kinds_keeps_the_order_of_its_outcomes(feeds: Feeds, ledger: Ledger, profiles: Profiles) -> None:
    profiles.refusals["stranger"] = "BRAND_NOT_SERVED"
    integration = feeds.connected()
    outcomes: list[Outcome] = feeds.take(
        feeds.owned(integration),
        raw(user(), "LOGIN_V2"), raw(bet("a1")), raw(payment(), "PAYMENT"), raw(user(user_id="stranger"), "LOGIN_V2"),
        raw(b"{}", "BONUS"), raw(bonus(), "BONUS"), raw(bet("w1", type="Win")), raw({}, "LOTTERY_V2"),
        raw(user(), "USER_CREATE_V2"), raw(user(), "LOGIN_V2"),
    )  # fmt: skip
    assert [(one.bucket, one.code) for one in outcomes] == [
        ("used", "APPLIED"), ("used", "ACCEPTED"), ("used", "PAYMENT"), ("refused", "BRAND_NOT_SERVED"),
        ("dead", "MISSING_FIELD"), ("used", "BONUS"), ("used", "ROUND"), ("dead", "UNSUPPORTED_TYPE"),
        ("used", "APPLIED"), ("filtered", "DUPLICATE"),
    ]  # fmt: skip
    assert profiles.events() == ["ft_login", "ft_payment", "ft_bonus", "ft_user_created"]
    source = profiles.sources[0]
    assert (source.operator_id, source.integration_id, source.kind) == ("thrilltech", integration.pk, "fasttrack")
    assert DeadLetter.objects.filter(is_unsupported=True).count() == 1
    mark = StalePlayer.objects.get(player_id="52530")
    assert (mark.is_urgent, mark.login_from, mark.played_from is None) == (True, mark.login_until, False)
    assert not StalePlayer.objects.filter(player_id="stranger").exists()
    assert_invariants()


@pytest.mark.req("B-19")
def test_a_message_that_nobody_can_digest_costs_only_itself(feeds: Feeds, profiles: Profiles) -> None:
    profiles.poisoned_players.add("poison")
    integration = feeds.connected()
    sent = [raw(payment(), "PAYMENT"), raw(user(user_id="poison"), "LOGIN_V2"), raw(user(), "LOGIN_V2")]
    feeds.take(feeds.owned(integration), *sent, one_by_one=True)
    assert counts_of(integration) == {"PAYMENT": 1, "PROCESSING_FAILED": 1, "APPLIED": 1}
    assert position_of(integration).used_count == 2
    assert_invariants()


CONSENTS = [
    user(timestamp=at(minute), consents=[{"type": kind, "opted_in": agreed}])
    for minute, kind, agreed in (
        (1, "email", True),
        (2, "email", False),
        (3, "sms", True),
        (4, "pushNotification", True),
    )
]
BLOCKS = [
    user(timestamp=at(minute), blocks=[{"type": kind, "active": active} for kind in ("Excluded", "Blocked")])
    for minute, active in ((5, True), (6, False))
]  # fmt: skip


@pytest.mark.req("FTC-13")
def test_consents_and_blocks_end_alike_in_every_order(feeds: Feeds, profiles: Profiles) -> None:
    told = [*(("USER_CONSENTS_V2", body) for body in CONSENTS[:3]), *(("USER_BLOCK_V2", body) for body in BLOCKS)]
    for order in permutations(told):
        profiles.messages.clear()
        taken(feeds, list(order), 2)
        known = profiles.attributes()
        assert (known["email"], known["sms"], known["is_blocked"]) == (False, True, False)


@pytest.mark.req("B-18", "B-21")
def test_money_told_again_with_other_content_is_a_conflict_even_if_messages_are_not_remembered(
    feeds: Feeds, ledger: Ledger, profiles: Profiles
) -> None:
    integration = feeds.connected()
    owned = feeds.owned(integration)
    feeds.take(owned, raw(bet("a1", amount=2)), raw(APPROVED[1], "PAYMENT"), raw(change("Created", 1)[1], "BONUS"))
    prune_feed_messages(now=feeds.cast.now + 100 * DAY, kept=90 * DAY)
    other = [
        raw(bet("a1", amount=3)), raw(step("Approved", 2, amount=1)[1], "PAYMENT"),
        raw(change("Created", 1, amount=1)[1], "BONUS"),
    ]  # fmt: skip
    assert [one.code for one in feeds.take(owned, *other)] == ["CONFLICT"] * 3
    assert GameRound.objects.get().bet_micros == 2_000_000
    assert (Payment.objects.get().amount_micros, PlayerBonus.objects.get().amount_micros) == (32_760_000, 10_300_000)
    assert ledger.contributed == ["a1"]
    again = feeds.take(
        owned, raw(bet("a1", amount=2)), raw(APPROVED[1], "PAYMENT"), raw(change("Created", 1)[1], "BONUS")
    )
    assert [one.code for one in again] == ["ACCEPTED", "DUPLICATE", "DUPLICATE"]
    assert profiles.events() == ["ft_payment", "ft_bonus"]
    assert_invariants()


@pytest.mark.req("FTC-13", "G-23")
def test_a_batch_of_payments_is_one_statement(feeds: Feeds, profiles: Profiles) -> None:
    owned = feeds.owned(feeds.connected())
    for told in ("Requested", "Approved"):
        with CaptureQueriesContext(connection) as captured:
            feeds.take(owned, *(raw(payment(f"p{number}", status=told), "PAYMENT") for number in range(50)))
        written = [query["sql"] for query in captured if '"integrations_payment"' in query["sql"]]
        assert [sql.split()[0] for sql in written] == ["SELECT", "INSERT"]
    assert {(row.status, len(row.steps)) for row in Payment.objects.all()} == {("approved", 2)}
    with CaptureQueriesContext(connection) as captured:
        for told in ("Created", "Completed"):
            feeds.take(owned, *(raw(bonus(f"b{number}", status=told), "BONUS") for number in range(50)))
    written = [query["sql"] for query in captured if '"integrations_playerbonus"' in query["sql"]]
    assert [sql.split()[0] for sql in written] == ["SELECT", "INSERT"] * 2
    assert {(row.status, len(row.statuses)) for row in PlayerBonus.objects.all()} == {("Completed", 2)}
    assert_invariants()
