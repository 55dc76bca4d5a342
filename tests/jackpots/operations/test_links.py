"""Linked instances: what follows a contribution, and what does not."""

from typing import Any

import psycopg
import pytest
from django.db import connection
from structlog.testing import capture_logs

from backoffice.core.errors import Refusal
from jackpots.models import Contribution, Instance, InstanceLink, Refusals
from jackpots.operations.contribute import contribute
from jackpots.operations.contributing import settle_and_write
from jackpots.operations.contributing.batch import Batch
from jackpots.operations.contributing.write import write
from jackpots.operations.link_instance import link_instance
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.unlink_instance import unlink_instance
from jackpots.queries.verification import verify_draws
from tests.cast import SYSTEM, Cast, probability_pot, quiet_draft, sure_draft
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted, code_of
from tests.jackpots.operations.test_contribute_failures import address_of_database
from tests.raffles import open_raffle


def link(cast: Cast, one: Instance, other: Instance) -> InstanceLink:
    return link_instance(one.pk, other.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)


def contributed(instance: Instance) -> int:
    return Contribution.objects.filter(instance=instance).count()


def proven(cast: Cast) -> None:
    assert verify_draws(cast.house.scope).mismatches == []
    assert_invariants()


def test_a_contribution_feeds_what_its_instance_is_linked_to_and_nothing_further(cast: Cast) -> None:
    second, third = (cast.house.open(quiet_draft(name=name, contribution_micros=50_000)) for name in ("Two", "Three"))
    link(cast, cast.instance, second)
    assert link(cast, cast.instance, second).pk == InstanceLink.objects.get().pk
    link(cast, second, third)
    link(cast, second, cast.instance)
    request = cast.request()
    answers = contribute([request, request], now=cast.now)
    assert [accepted(answer).instance_id for answer in answers] == [cast.instance.pk] * 2
    assert [contributed(one) for one in (cast.instance, second, third)] == [1, 1, 0]
    main, linked = (Contribution.objects.get(instance=one) for one in (cast.instance, second))
    assert (linked.parent_id, linked.amount_micros, main.parent_id) == (main.pk, 50_000, None)
    # Asked again, nothing is done again.
    assert code_of(contribute([request], now=cast.now)[0]) == "REPLAYED"
    assert contributed(second) == 1
    unlink_instance(cast.instance.pk, second.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    contribute([cast.request()], now=cast.now)
    assert contributed(second) == 1
    proven(cast)


def test_a_win_over_a_link_is_the_players_and_the_answer_is_the_main_ones(cast: Cast) -> None:
    sure = cast.house.open(sure_draft())
    link(cast, cast.instance, sure)
    answers = contribute([cast.request(), cast.request("player_2")], now=cast.now)
    assert [accepted(answer).win_pot_id for answer in answers] == [None, None]
    assert sorted(sure.wins.values_list("player_id", flat=True)) == ["player_00001", "player_2"]
    proven(cast)


@pytest.mark.req("OPT-01")
def test_rules_of_the_linked_one_apply_and_opt_ins_do_not_follow(cast: Cast) -> None:
    strict = cast.house.open(quiet_draft(name="Strict", opt_in_required=True))
    paused = cast.house.open(quiet_draft(name="Paused"))
    link(cast, cast.instance, strict)
    link(cast, cast.instance, paused)
    pause_instance(paused.pk, reason="Check", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert code_of(contribute([cast.request()], now=cast.now)[0]) == "ACCEPTED"
    assert (contributed(strict), contributed(paused)) == (0, 0)
    assert Refusals.objects.get(code="CONTRIBUTION_REJECTED").count == 2
    values: dict[str, Any] = {"brand_id": "thrilltech:brand1", "player_id": "player_00001", "player_country": "MT"}
    opt_in(OptInRequest(operator_id="thrilltech", instance_id=strict.pk, opt_in=True, **values), now=cast.now)
    contribute([cast.request()], now=cast.now)
    assert contributed(strict) == 1
    proven(cast)


def test_a_link_that_fails_is_counted_and_stops_nothing(cast: Cast) -> None:
    broken, sound = (cast.house.open(quiet_draft(name=name)) for name in ("Broken", "Sound"))
    for other in (broken, sound):
        link(cast, cast.instance, other)
    request = cast.request(gameround_id="taken")
    # The same game round stands in the linked jackpot already, by another way.
    contribute([cast.house.request(broken, gameround_id="taken")], now=cast.now)
    answers = contribute([request, cast.request("player_2")], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED"] * 2
    # The other player's follows nevertheless, and the other link too.
    assert (contributed(broken), contributed(sound)) == (2, 2)
    assert Refusals.objects.get(code="SYSTEM_ERROR").count == 1
    proven(cast)


@pytest.mark.req("RAF-03")
@pytest.mark.req("B-03")
def test_a_link_that_meets_a_deadlock_is_tried_again_with_its_batch(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = cast.house.open(quiet_draft(name="Two"))
    link(cast, cast.instance, second)
    left = [1]

    def write_once_dead(batch: Batch, *rest: Any) -> None:
        if left[0] and batch.accepted[0].parent_key is not None:
            left[0] -= 1
            batch.free_connection()
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$")
        write(batch, *rest)

    monkeypatch.setattr(settle_and_write, "write", write_once_dead)
    accepted(contribute([cast.request()], now=cast.now)[0])
    assert left == [0]
    assert [contributed(one) for one in (cast.instance, second)] == [1, 1]
    proven(cast)


@pytest.mark.django_db(transaction=True)
@pytest.mark.req("B-03")
def test_a_connection_that_is_lost_is_no_links_fault(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    second = cast.house.open(quiet_draft(name="Two"))
    link(cast, cast.instance, second)
    left = [1]

    def write_once_lost(batch: Batch, *rest: Any) -> None:
        if left[0] and batch.accepted[0].parent_key is not None:
            left[0] -= 1
            with psycopg.connect(address_of_database(), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        write(batch, *rest)

    monkeypatch.setattr(settle_and_write, "write", write_once_lost)
    with capture_logs() as told:
        accepted(contribute([cast.request("ann"), cast.request("bob")], now=cast.now)[0])
    assert "link_failed" not in {one["event"] for one in told}
    assert [contributed(one) for one in (cast.instance, second)] == [2, 2]
    assert not Refusals.objects.exists()
    assert_invariants()
    connection.close()


def test_a_raffle_behind_a_link_gives_tickets(cast: Cast) -> None:
    raffle = open_raffle(cast.house)
    link(cast, cast.instance, raffle)
    answer = accepted(contribute([cast.request(base_wager_micros=10_000_000)], now=cast.now)[0])
    assert answer.tickets_awarded is None
    assert Contribution.objects.get(instance=raffle).tickets_awarded is not None
    proven(cast)


def test_a_refused_contribution_is_followed_by_nothing(cast: Cast) -> None:
    limited = cast.house.open(
        quiet_draft(
            name="Limited", pots=(probability_pot("only", one_in=1, position=0, share_ppm=700_000, max_drops=1),)
        )
    )
    link(cast, limited, cast.instance)
    answers = contribute([cast.house.request(limited), cast.house.request(limited)], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "CONTRIBUTION_REJECTED"]
    assert contributed(cast.instance) == 1
    proven(cast)


def test_what_cannot_be_linked(cast: Cast) -> None:
    for one, other, code in (
        (cast.instance, cast.instance, "INVALID_REQUEST"),
        (cast.instance, cast.rival_instance, "NOT_FOUND"),
        (cast.rival_instance, cast.instance, "NOT_FOUND"),
    ):
        with pytest.raises(Refusal) as refused:
            link(cast, one, other)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="no such link"):
        unlink_instance(cast.instance.pk, cast.instance.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
