"""/api/v1/rounds, /api/v1/credits and /v1/draws: rounds, what players are owed, what anybody may recompute."""

from typing import Any

import pytest
from django.test import Client

from jackpots.api import draws
from jackpots.models import Instance, RaffleRound
from jackpots.operations.contribute import contribute
from jackpots.rules.terms import PrizeTerms
from tests.cast import EUR, Cast, sure_draft
from tests.raffles import HOUR, bet, open_raffle, raffle_draft, resolved

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(cast: Cast) -> RaffleRound:
    """A round with two winners."""
    prizes = (PrizeTerms(rank=1, kind="amount", amount_micros=5 * EUR, count=2),)
    instance = open_raffle(cast.house, raffle_draft(prizes=prizes))
    for player in ("ann", "bob"):
        bet(cast.house, instance, player, 4, cast.now)
    return resolved(instance, cast.now + HOUR)


def get(path: str, token: str | None = None) -> tuple[int, Any]:
    answer = Client().get(path, headers={"authorization": f"Bearer {token}"} if token else {})
    return answer.status_code, answer.json()


@pytest.mark.req("B-26", "RAF-13")
def test_rounds_and_credits_are_resources(cast: Cast, drawn: RaffleRound) -> None:
    status, listed = get(f"/api/v1/rounds/?instance_id={drawn.instance_id}", cast.token)
    assert status == 200
    following, row = listed["results"]
    assert (following["number"], following["state"], following["tickets_root"]) == (2, "pending", None)
    assert (row["id"], row["state"], row["ticket_count"], row["winner_count"]) == (str(drawn.pk), "complete", 4, 2)
    assert row["tickets_root"] == bytes(drawn.root or b"").hex()
    status, listed = get(f"/api/v1/credits/?group_id={drawn.pk}&state=owed", cast.token)
    assert {(one["player_id"], one["pay"], one["prize_rank"]) for one in listed["results"]} == {
        ("ann", 5, 1), ("bob", 5, 1),
    }  # fmt: skip
    assert get(f"/api/v1/credits/?group_id={drawn.pk}", cast.rival_token)[1]["results"] == []
    assert get(f"/api/v1/rounds/{drawn.pk}/", cast.rival_token)[0] == 404


@pytest.mark.req("B-10", "B-17")
def test_anybody_reads_what_is_published_part_by_part(
    cast: Cast, drawn: RaffleRound, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance: Instance = cast.house.open(sure_draft())
    quiet = cast.instance
    contribute([cast.house.request(instance), *[cast.house.request(quiet) for _ in range(5)]], now=cast.now)
    status, document = get(f"/v1/draws/cycles/{instance.pk}/main/1")
    assert (status, document["kind"], len(document["contributions"]), document["next"]) == (200, "cycle", 1, None)
    status, running = get(f"/v1/draws/cycles/{quiet.pk}/{quiet.pots.all()[0].code}/1")
    assert (running["secret"], running["contributions"]) == (None, [])
    monkeypatch.setattr(draws, "PART", 2)
    # Five draws of one cycle, as if it had ended: two, two and one.
    pot = quiet.pots.all()[0]
    pot.cycles.filter(cycle=1).update(ended_at=cast.now)
    path, seen = f"/v1/draws/cycles/{quiet.pk}/{pot.code}/1", []
    while path:
        status, part = get(path)
        assert status == 200
        seen.append(len(part["contributions"]))
        path = part["next"]
    assert seen == [2, 2, 1]
    status, document = get(f"/v1/draws/rounds/{drawn.instance_id}/1")
    assert (status, document["ticket_count"], len(document["winners"])) == (200, 4, 2)
    tickets = Client().get(document["tickets"])
    assert (tickets.status_code, len(tickets.getvalue().splitlines())) == (200, 2)
    assert tickets.headers["Access-Control-Allow-Origin"] == "*"
    for missing in (f"/v1/draws/cycles/{drawn.instance_id}/raffle/1", f"/v1/draws/rounds/{instance.pk}/1",
                    f"/v1/draws/cycles/{instance.pk}/main/9"):  # fmt: skip
        assert get(missing)[0] == 404
    assert get(f"/v1/draws/cycles/{instance.pk}/main/1?after=nonsense")[0] == 400
