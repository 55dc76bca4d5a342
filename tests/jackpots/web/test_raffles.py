"""The pages of raffles and credits, and the public ones that verify: what they say, to whom, at what cost."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backoffice.approvals.models import Approval
from jackpots.models import Credit, RaffleRound
from jackpots.operations.contribute import contribute
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast, sure_draft
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, resolved

pytestmark = pytest.mark.django_db
AT_MOST = 12
PRIZES = (
    PrizeTerms(rank=1, kind="share", share_ppm=500_000),
    PrizeTerms(rank=2, kind="amount", amount_micros=2 * EUR, count=2),
)


@pytest.fixture
def drawn(cast: Cast) -> RaffleRound:
    """A round with three winners, and one that runs."""
    instance = open_raffle(cast.house, raffle_draft(name="Weekly Treat", prizes=PRIZES))
    for number in range(5):
        bet(cast.house, instance, f"player_{number:05d}", 4, cast.now, brand_id=cast.house.brands[number % 2].pk)
    row = resolved(instance, cast.now + HOUR)
    bet(cast.house, instance, "player_00009", 8, cast.now + HOUR + timedelta(seconds=1))
    return row


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return unescape(answer.content.decode())


def pages(row: RaffleRound) -> dict[str, str]:
    own = {"instance_id": row.instance_id}
    return {
        "raffles": reverse("raffles"),
        "rounds": reverse("instance_rounds", kwargs=own),
        "winners": reverse("instance_credits", kwargs=own),
        "round": reverse("round", args=[row.pk]),
        "credits": reverse("credits"),
        "group": f"{reverse('credits')}?group={row.pk}",
        "settle": reverse("credits_settle", args=[row.pk]),
        "verify": reverse("verify"),
        "verify_instance": reverse("verify_instance", kwargs=own),
        "verify_round": reverse("verify_round", kwargs=own | {"number": row.number}),
    }


@pytest.mark.req("OFF-13", "OFF-15", "RAF-17")
def test_no_page_takes_more_than_twelve_queries(
    cast: Cast, drawn: RaffleRound, browser_of: Callable[..., Client]
) -> None:
    client = browser_of(cast.admin)
    counted = {}
    for name, url in pages(drawn).items():
        with CaptureQueriesContext(connection) as captured:
            read(client, url)
        counted[name] = len(captured)
    assert {name: count for name, count in counted.items() if count > AT_MOST} == {}
    few = counted["raffles"]
    for number in range(3):
        open_raffle(cast.house, raffle_draft(name=f"More {number}"))
    with CaptureQueriesContext(connection) as captured:
        read(client, reverse("raffles"))
    assert len(captured) == few


@pytest.mark.req("OFF-13", "OFF-14", "OFF-15", "OFF-16")
def test_the_list_says_what_can_be_won_and_when_and_leads_to_the_winners(
    cast: Cast, drawn: RaffleRound, browser_of: Callable[..., Client]
) -> None:
    client = browser_of(cast.admin)
    said = read(client, reverse("raffles"))
    for text in ("Weekly Treat", "3 prizes, every 1 hour", "1st: 50 % of the pot", "2nd: EUR 2.00 to each of 2",
                 "One ticket for EUR 2.00 of bets", "A player wins one prize of a round."):  # fmt: skip
        assert text in said
    assert reverse("instance_credits", args=[drawn.instance_id]) in said
    assert "Weekly Treat" not in read(client, f"{reverse('raffles')}?state=Ended")
    assert "Weekly Treat" in read(client, f"{reverse('raffles')}?state=Active&brand={cast.brand1.pk}")
    assert cast.instance.name not in said
    other = browser_of(cast.rival_manager)
    assert "Weekly Treat" not in read(other, reverse("raffles"))


@pytest.mark.req("OFF-16", "R-38")
def test_a_round_shows_its_winners_and_masks_them_for_who_may_not_see_players(
    cast: Cast, drawn: RaffleRound, browser_of: Callable[..., Client]
) -> None:
    winners = list(Credit.objects.filter(group_id=drawn.pk).values_list("player_id", flat=True))
    for url in (reverse("round", args=[drawn.pk]), pages(drawn)["winners"], pages(drawn)["group"]):
        said = read(browser_of(cast.manager), url)
        assert all(player in said for player in winners)
        masked = read(browser_of(cast.analyst), url)
        assert not any(player in masked for player in winners)


@pytest.mark.req("B-13", "B-25")
def test_a_group_is_settled_from_its_page(cast: Cast, drawn: RaffleRound, browser_of: Callable[..., Client]) -> None:
    client = browser_of(cast.manager)
    assert reverse("credits_settle", args=[drawn.pk]) in read(client, pages(drawn)["group"])
    form = {"reference": "wire 12", "reason": "Paid by hand."}
    answer = client.post(pages(drawn)["settle"], form)
    approval = Approval.objects.get(kind="credits.settle")
    assert answer["Location"].startswith(reverse("approval", args=[approval.pk]))
    said = read(browser_of(cast.approver), reverse("approval", args=[approval.pk]))
    assert "3 credits" in said
    cast.house.approve(approval, at=Credit.objects.filter(group_id=drawn.pk).latest("owed_at").owed_at)
    assert reverse("credits_settle", args=[drawn.pk]) not in read(client, pages(drawn)["group"])


@pytest.mark.req("B-10", "B-17")
def test_anybody_sees_a_draw_recomputed_and_no_player(cast: Cast, drawn: RaffleRound) -> None:
    stranger = Client()
    jackpot = cast.house.open(sure_draft())
    contribute([cast.house.request(jackpot, "player_00007")], now=cast.now)
    cycle = reverse("verify_cycle", kwargs={"instance_id": jackpot.pk, "pot": "main", "cycle": 1})
    for url in (*[pages(drawn)[name] for name in ("verify", "verify_instance", "verify_round")], cycle):
        said = read(stranger, url)
        assert "player_0" not in said
    assert "All 3 winners follow from the secret and the 10 tickets." in read(stranger, pages(drawn)["verify_round"])
    assert "All 1 draws on this page follow from the secret." in read(stranger, cycle)
    running = pages(drawn)["verify_round"].replace("/1/", "/2/")
    assert "It still runs." in read(stranger, running)
    assert stranger.get(reverse("verify"), {"instance": str(jackpot.pk)}).status_code == 302
    assert "There is no jackpot" in read(stranger, f"{reverse('verify')}?instance={cast.brand1.pk}")
    for missing in (running.replace("/2/", "/9/"), cycle.replace("main", "other"), cycle.replace("/1/", "/99/")):
        assert stranger.get(missing).status_code == 404
    script = stranger.get(reverse("verify_script"))
    assert script["Content-Disposition"] == 'attachment; filename="potluck_verify.py"'
    policy = stranger.get(pages(drawn)["verify_round"]).headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy


@pytest.mark.req("B-17")
def test_a_draw_that_was_touched_says_so(drawn: RaffleRound) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica; "
            f"UPDATE jackpots_credit SET ticket_number = 0 WHERE group_id = '{drawn.pk}' AND position = 1"
        )
    said = read(Client(), pages(drawn)["verify_round"])
    assert "Not everything follows from the secret." in said
    assert "recorded is 0" in said


def test_a_stranger_may_not_ask_for_ever() -> None:
    stranger = Client()
    statuses = [stranger.get(reverse("verify")).status_code for _ in range(61)]
    assert set(statuses[:60]) == {200}
    assert statuses[60] == 429
