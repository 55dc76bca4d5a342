"""POST /jackpots/instances/jackpot/:instance_id/pots/:pot_id/trigger."""

from typing import Any

import pytest
from django.test import Client

from backoffice.audit.models import AuditEntry
from backoffice.core import json
from jackpots.models import Instance, PotTrigger, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.pause_instance import pause_instance
from jackpots.queries.verification import verify_draws
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def wheel(cast: Cast) -> Instance:
    """A pot that a show may arm, and one that it may not."""
    pots = (
        probability_pot("wheel", position=0, share_ppm=400_000, allows_external_trigger=True, max_drops=1),
        probability_pot("other", position=1, share_ppm=300_000, initial_seed_micros=EUR, min_reseed_micros=EUR),
    )
    return cast.house.open(quiet_draft(name="Wheel", pots=pots))


def send(cast: Cast, instance_id: object, pot: str, body: dict[str, Any]) -> tuple[int, Any]:
    answer = Client().generic(
        "POST",
        f"/jackpots/instances/jackpot/{instance_id}/pots/{pot}/trigger",
        json.encode(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {cast.token}"},
    )
    return answer.status_code, json.decode(answer.content)


@pytest.mark.req("B-09", "G-08")
def test_whoever_contributes_next_wins_the_armed_pot(cast: Cast, wheel: Instance) -> None:
    contribute([cast.house.request(wheel, "before")], now=cast.now)
    sent = {"trigger_id": "show-1", "reason": "The wheel stopped here."}
    status, first = send(cast, wheel.pk, "wheel", sent)
    assert (status, first["pot_id"], first["trigger_id"]) == (200, "wheel", "show-1")
    assert send(cast, wheel.pk, "wheel", sent) == (200, first)
    assert PotTrigger.objects.count() == AuditEntry.objects.filter(action="pot.triggered").count() == 1
    answers = contribute([cast.house.request(wheel, player) for player in ("next", "after")], now=cast.now)
    assert [accepted(answer).win_pot_id for answer in answers] == ["wheel", None]
    assert Win.objects.get().player_id == "next"
    # The same act again does not arm the next cycle, and another cannot: the pot has dropped for the last time.
    assert send(cast, wheel.pk, "wheel", sent) == (200, first)
    assert send(cast, wheel.pk, "wheel", {"trigger_id": "show-2"})[0] == 409
    assert verify_draws(cast.house.scope).mismatches == []
    assert_invariants()


def test_what_cannot_be_armed(cast: Cast, wheel: Instance) -> None:
    trigger = {"trigger_id": "show-1"}
    for instance_id, pot, body, status, code in (
        (wheel.pk, "other", trigger, 403, "FORBIDDEN"),
        (wheel.pk, "none", trigger, 404, "NOT_FOUND"),
        ("x", "wheel", trigger, 404, "NOT_FOUND"),
        (cast.rival_instance.pk, "minor", trigger, 404, "NOT_FOUND"),
        (wheel.pk, "wheel", {}, 400, "INVALID_REQUEST"),
        (wheel.pk, "wheel", {"trigger_id": "a\0b"}, 400, "INVALID_REQUEST"),
        (wheel.pk, "wheel", {"trigger_id": "a", "reason": "x" * 301}, 400, "INVALID_REQUEST"),
    ):
        answered, refused = send(cast, instance_id, pot, body)
        assert (answered, refused["code"]) == (status, code), (pot, body)
    pause_instance(wheel.pk, reason="Check", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    answered, refused = send(cast, wheel.pk, "wheel", trigger)
    assert (answered, refused["code"]) == (409, "CONTRIBUTION_REJECTED")
    assert not PotTrigger.objects.exists()
