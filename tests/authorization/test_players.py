"""Who may not see players finds their ids nowhere: on no page, in no export, under no route of /api/v1/."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.accounts.models import StaffUser
from backoffice.accounts.players import shown_players
from backoffice.approvals.models import Approval
from backoffice.events.models import OutboxEvent
from integrations.models import DeadLetter
from jackpots.models import Win
from jackpots.operations.contribute import contribute
from jackpots.operations.request_settlement import request_settlement
from tests.cast import SYSTEM, Cast, sure_draft
from tests.integrations.support import Feeds, bet, raw

pytestmark = pytest.mark.django_db
PLAYER = "player_of_ours"


@pytest.fixture
def won(cast: Cast) -> Win:
    """A win whose settlement waits."""
    instance = cast.house.open(sure_draft())
    contribute([cast.house.request(instance, PLAYER)], now=cast.now)
    win = instance.wins.get()
    request_settlement(
        win.pk, reference="bank-1", reason="Paid", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM,
        now=cast.now,
    )  # fmt: skip
    return win


def addresses(cast: Cast, win: Win) -> Iterator[str]:
    for noun in ("wins", "contributions", "opt-ins", "approvals"):
        yield f"/api/v1/{noun}/"
    yield f"/api/v1/wins/{win.pk}/"
    yield f"/api/v1/contributions/{win.contribution_id}/"
    approval = Approval.objects.get(kind="win.settle")
    yield f"/api/v1/approvals/{approval.pk}/"
    yield reverse("approval", args=[approval.pk])
    for name in ("approvals", "audit_log", "contributions", "winners"):
        yield reverse(name)
        yield reverse(name) + "?export=csv"
    yield reverse("winner", args=[win.pk])
    yield reverse("winner_history", args=[win.pk])
    yield reverse("contribution", args=[win.contribution_id])
    yield reverse("outbox_event", args=[OutboxEvent.objects.get(kind="JackpotWinEvent").pk])
    feeds = Feeds(cast)
    integration = feeds.connected()
    bets = bet("a1", user_id=PLAYER), bet("a2", user_id=PLAYER, origin="nobody.example.com")
    feeds.take(feeds.owned(integration), *(raw(body) for body in bets))
    yield reverse("integration_rounds", args=[integration.pk])
    yield reverse("dead_letter", args=[DeadLetter.objects.get().pk])


def names_the_player(address: str, user: StaffUser) -> bool:
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return PLAYER.encode() in b"".join(answer) if answer.streaming else PLAYER.encode() in answer.content


@pytest.mark.req("GEN-02", "B-25")
def test_an_analyst_sees_no_player(cast: Cast, won: Win) -> None:
    asked = list(addresses(cast, won))
    assert [address for address in asked if names_the_player(address, cast.analyst)] == []
    unseen = {address.partition("?")[0] for address in asked if not names_the_player(address, cast.approver)}
    assert unseen == {reverse("approvals"), reverse("audit_log")}


@pytest.mark.req("GEN-02", "B-25")
def test_an_analyst_cannot_ask_for_a_player(cast: Cast, won: Win) -> None:
    client = Client()
    client.force_login(cast.analyst)
    for noun in ("wins", "contributions", "opt-ins"):
        answer = client.get(f"/api/v1/{noun}/", query_params={"player_id": PLAYER})
        assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")


@pytest.mark.req("B-25")
def test_ids_are_masked_however_deep_they_stand(cast: Cast) -> None:
    value = {"player": "player_00001", "list": [{"user_id": "abc", "n": 1}], "players": 3}
    assert shown_players(cast.analyst, value) == {
        "player": "pl•••01",
        "list": [{"user_id": "•••", "n": 1}],
        "players": 3,
    }
    assert shown_players(cast.approver, value) is value
