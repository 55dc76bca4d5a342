"""POST /event: each event once, whoever sends it how often; every refusal names what is wrong."""

import os
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from backoffice.accounts.models import ServiceAccount
from backoffice.api.token_cache import token_cache
from backoffice.core import clock, json
from integrations.feeds.supervisor import Supervisor
from integrations.models import DeadLetter, FeedMessage, FeedPosition, Integration
from integrations.operations.disconnect_integration import disconnect_integration
from integrations.queries.alarms import feed_alarms
from integrations.queries.feeds import feed_health
from tests.cast import SYSTEM, Cast
from tests.contracts.thrilldrops.shapes import EXTERNAL, INTERNAL, SECRET, event
from tests.integrations.drops import Book, connected
from tests.integrations.support import Feeds, counts_of, position_of
from tests.invariants import assert_invariants

ROUNDS = 40 if os.environ.get("POTLUCK_LONG") == "1" else 5
SENDERS = 6


def send(cast: Cast, body: dict[str, Any] | bytes, *, key: str | None = None, token: str | None = None) -> Any:
    """The status, and the body decoded."""
    headers = {"Authorization": f"Bearer {token or cast.token}"} | ({"Idempotency-Key": key} if key is not None else {})
    content = body if isinstance(body, bytes) else json.encode(body)
    client = Client(raise_request_exception=False)
    answer = client.generic("POST", "/event", content, content_type="application/json", headers=headers)
    return answer.status_code, json.decode(answer.content)


def refused(answer: tuple[int, dict[str, Any]]) -> tuple[int, str, str | None]:
    """The status, the code and the field of a refusal in the seeds' form."""
    status, body = answer
    assert body["status_code"] == status
    assert body["message"]
    return status, body["code"], body.get("field")


def warm_up(cast: Cast) -> None:
    """A first request by itself: what the middleware registers once must not be registered by several at a time."""
    assert send(cast, b"{")[0] == 400


@pytest.fixture
def door(feeds: Feeds, book: Book) -> Integration:
    """A connected integration that receives over HTTP."""
    return connected(feeds, "http")


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("DRP-01", "DRP-02", "B-26", "G-23")
@pytest.mark.parametrize("tag", EXTERNAL)
def test_an_event_is_accepted_and_told_of_its_player(cast: Cast, door: Integration, book: Book, tag: str) -> None:
    assert send(cast, event(tag)) == (200, {"status": "accepted", "code": "APPLIED", "event": tag})
    (message,) = book.messages
    assert (message.event, message.brand_id, message.identifier_value) == (tag, "thrilltech:brand1", "player_00001")
    assert book.sources[0].integration_id == door.pk
    position = position_of(door)
    assert (position.topic, position.seen_count, position.used_count) == ("http", 1, 1)
    assert counts_of(door) == {"APPLIED": 1}
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-21", "I-52")
def test_an_event_that_comes_again_is_a_duplicate(cast: Cast, door: Integration, book: Book) -> None:
    deposit, transaction = event("Deposit"), event("Transaction")
    for body, key in ((deposit, "k-1"), (deposit, None), (transaction, None), (deposit | {"message_id": "m-1"}, None)):
        assert send(cast, body, key=key)[1]["status"] == "accepted"
        assert send(cast, body, key=key) == (
            200, {"status": "duplicate", "code": "DUPLICATE", "event": next(iter(body["event_type"]))},
        )  # fmt: skip
    assert len(book.messages) == 4
    assert counts_of(door) == {"APPLIED": 4, "DUPLICATE": 4}
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-06", "B-21")
def test_a_key_that_comes_again_with_other_content_is_a_conflict(cast: Cast, door: Integration, book: Book) -> None:
    assert send(cast, event("Deposit"), key="k-1")[0] == 200
    for other in (event("Deposit", amount=51), event("Withdrawal"), event("Deposit") | {"player_id": "p2"}):
        assert refused(send(cast, other, key="k-1")) == (422, "IDEMPOTENCY_CONFLICT", "Idempotency-Key")
    # The same transaction with another amount is none of ours to choose between.
    assert send(cast, event("Transaction"))[0] == 200
    assert refused(send(cast, event("Transaction", game_bet=11)))[1] == "IDEMPOTENCY_CONFLICT"
    assert len(book.messages) == 2
    assert not DeadLetter.objects.exists()
    assert position_of(door).seen_count == 2
    assert_invariants()


@pytest.mark.django_db
@pytest.mark.req("DRP-05", "B-06")
def test_what_is_wrong_is_named_and_nothing_is_kept(cast: Cast, door: Integration, book: Book) -> None:
    bad: list[tuple[dict[str, Any] | bytes, str | None]] = [
        (event("PlayerLogin", channel_type="Telephone"), "event_type.PlayerLogin.channel_type"),
        (event("Transaction", game_win=None), "event_type.Transaction.game_win"),
        (event("Deposit", amount="ten"), "event_type.Deposit.amount"),
        (event("Deposit") | {"timestamp": 7}, "timestamp"),
        (event("Deposit") | {"player_id": " "}, "player_id"),
        (event("Deposit", name="PlayerBirthday"), "event_type"),
        (event("ThrillPotsWinEvent"), "event_type"),
        (b"{", None),
        (b"[]", None),
        (b'{"a":1,"a":2}', None),
    ]
    for body, field in bad:
        assert refused(send(cast, body)) == (400, "INVALID_REQUEST", field)
    assert refused(send(cast, event("Deposit"), key="k" * 129)) == (400, "INVALID_REQUEST", "Idempotency-Key")
    assert refused(send(cast, event("Deposit"), key="")) == (400, "INVALID_REQUEST", "Idempotency-Key")
    assert refused(send(cast, b" " * 70_000)) == (413, "PAYLOAD_TOO_LARGE", None)
    assert not DeadLetter.objects.exists()
    assert not FeedPosition.objects.exists()
    assert not FeedMessage.objects.exists()


@pytest.mark.django_db
@pytest.mark.req("GEN-02", "GEN-04", "B-05", "B-06")
def test_who_may_send_for_which_brand(cast: Cast, door: Integration, feeds: Feeds) -> None:
    for body in (
        event("Deposit") | {"brand_id": "brand9"},
        event("Deposit") | {"brand_id": "rival:brand1"},
        event("Deposit") | {"operator_id": "rival"},
    ):
        assert refused(send(cast, body)) == (403, "UNSUPPORTED_BRAND", "brand_id")
    theirs = event("Deposit") | {"operator_id": "rival"}
    status, code, _ = refused(send(cast, theirs, token=cast.rival_token))
    assert (status, code) == (403, "FORBIDDEN"), "the rival has connected nothing"
    assert refused(send(cast, event("Deposit"), token=cast.rival_token))[1] == "UNSUPPORTED_BRAND"
    ServiceAccount.objects.filter(pk=cast.house.service.pk).update(brand_ids=["thrilltech:brand2"])
    token_cache.forget()
    assert refused(send(cast, event("Deposit")))[1] == "UNSUPPORTED_BRAND"
    assert send(cast, event("Deposit") | {"brand_id": "brand2"})[0] == 200
    assert refused(send(cast, event("Deposit"), token="ptl_nobody"))[:2] == (401, "UNAUTHORIZED")


@pytest.mark.django_db
@pytest.mark.req("IGT-04", "B-25")
def test_without_an_approved_integration_over_http_nothing_is_taken(cast: Cast, feeds: Feeds, book: Book) -> None:
    def is_forbidden() -> bool:
        status, body = send(cast, event("Deposit"))
        if status == 200:
            return False
        assert (status, body["code"]) == (403, "FORBIDDEN")
        assert "thrilltech:brand1 over HTTP" in body["message"]
        return True

    assert is_forbidden()
    connected(feeds, "redis_stream")
    connected(feeds, "http", settings={"brands": ["thrilltech:brand2"]})
    assert is_forbidden()
    feeds.submit(kind="thrilldrops", transport="http", settings={"brands": ["thrilltech:brand1"]})
    assert is_forbidden(), "it waits for the second person"
    door = connected(feeds, "http")
    assert not is_forbidden()
    disconnect_integration(door.pk, reason="Over.", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert is_forbidden()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_cannot_be_digested_leaves_nothing_and_may_be_sent_again(
    cast: Cast, door: Integration, book: Book
) -> None:
    book.failures = 1
    assert refused(send(cast, event("Deposit")))[:2] == (500, "SYSTEM_ERROR")
    assert not FeedMessage.objects.exists()
    assert send(cast, event("Deposit"))[1]["status"] == "accepted"
    assert len(book.messages) == 1
    book.refusals["player_00001"] = "NOT_THIS_ONE"
    answer = send(cast, event("Withdrawal"))
    assert answer == (200, {"status": "refused", "code": "NOT_THIS_ONE", "event": "Withdrawal"})
    assert counts_of(door) == {"APPLIED": 1, "NOT_THIS_ONE": 1}
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("DRP-04")
def test_a_session_token_is_in_no_row(cast: Cast, door: Integration, book: Book) -> None:
    assert send(cast, event("PlayerLogin"))[0] == 200
    assert SECRET not in repr(book.messages)
    for model in (FeedMessage, FeedPosition, DeadLetter):
        assert SECRET not in repr(list(model._default_manager.values()))


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-21")
def test_senders_that_race_have_one_effect_and_no_count_is_lost(cast: Cast, door: Integration, book: Book) -> None:
    warm_up(cast)
    answers: Counter[str] = Counter()
    gate = threading.Barrier(SENDERS)

    def race(sender: int) -> None:
        try:
            for number in range(ROUNDS):
                gate.wait(60)
                # The same event of everybody, then one that is the sender's own.
                answers[send(cast, event("Deposit"), key=f"same-{number}")[1]["status"]] += 1
                answers[send(cast, event("Deposit"), key=f"own-{sender}-{number}")[1]["status"]] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(sender,)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(200)
    assert answers == {"accepted": ROUNDS * (SENDERS + 1), "duplicate": ROUNDS * (SENDERS - 1)}
    assert len(book.messages) == ROUNDS * (SENDERS + 1)
    position = position_of(door)
    assert (position.seen_count, position.next_offset) == (ROUNDS * SENDERS * 2, ROUNDS * SENDERS * 2)
    assert counts_of(door) == {"APPLIED": ROUNDS * (SENDERS + 1), "DUPLICATE": ROUNDS * (SENDERS - 1)}
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-21")
def test_of_senders_that_race_with_other_contents_under_one_key_one_is_right(
    cast: Cast, door: Integration, book: Book
) -> None:
    warm_up(cast)
    codes: Counter[int] = Counter()
    gate = threading.Barrier(SENDERS)

    def race(sender: int) -> None:
        try:
            for number in range(ROUNDS):
                gate.wait(60)
                codes[send(cast, event("Deposit", amount=sender), key=f"same-{number}")[0]] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(sender,)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(200)
    assert codes == {200: ROUNDS, 422: ROUNDS * (SENDERS - 1)}
    assert len(book.messages) == position_of(door).seen_count == ROUNDS
    assert_invariants()


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("G-23")
def test_nobody_runs_a_feed_of_what_is_pushed(cast: Cast, door: Integration) -> None:
    supervisor = Supervisor()
    supervisor.look()
    assert not supervisor._running
    assert feed_health(door, clock.now()).word == "Receives over HTTP"
    assert feed_alarms(cast.house.scope).stopped_feeds == 0
    assert not feed_health(door, clock.now()).needs_somebody
    assert set(INTERNAL) == {"ThrillPotsWinEvent", "ThrillPotsRaffleWinEvent", "ThrillPotsOptInEvent"}
