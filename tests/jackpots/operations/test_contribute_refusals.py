"""Who may not contribute, and what they are told."""

from datetime import timedelta
from typing import Any

import pytest

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from jackpots.models import Contribution, Instance, Multiplier, Refusals
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.request_termination import request_termination
from jackpots.operations.resume_instance import resume_instance
from jackpots.operations.unmap_source import unmap_source
from jackpots.rules.contribution import ContributionRequest
from tests.cast import EUR, SYSTEM, Cast, again, quiet_draft
from tests.invariants import assert_invariants
from tests.jackpots.operations.answers import accepted, code_of


def one(request: ContributionRequest, cast: Cast, **later: Any) -> Any:
    return contribute([request], now=cast.now + timedelta(**later))[0]


def code(request: ContributionRequest, cast: Cast, **later: Any) -> str:
    return code_of(one(request, cast, **later))


@pytest.mark.req("SRC-14", "ERR-02")
def test_an_unknown_source(cast: Cast) -> None:
    answer = one(cast.house.request("nowhere"), cast)
    assert (answer.code, answer.message, answer.status_code) == ("GAME_NOT_FOUND", "nowhere", 404)


@pytest.mark.req("SRC-15", "ERR-06", "B-05")
def test_a_source_with_nothing_behind_it(cast: Cast) -> None:
    assert code(cast.house.request(cast.house.source_for()), cast) == "SOURCE_JACKPOT_NOT_FOUND"


@pytest.mark.req("ERR-09", "B-05", "POT-14")
@pytest.mark.parametrize("brand", ["thrilltech:nobody", "rival:brand1", "nonsense"])
def test_an_unknown_brand_and_a_foreign_one_are_told_the_same(cast: Cast, brand: str) -> None:
    assert code(cast.request(brand_id=brand), cast) == "UNSUPPORTED_BRAND"
    assert code(cast.house.request(cast.instance, brand_id=brand), cast) == "UNSUPPORTED_BRAND"


@pytest.mark.req("ERR-09")
def test_a_brand_that_was_switched_off(cast: Cast) -> None:
    assert code(cast.request(), cast) == "ACCEPTED"
    Brand.objects.filter(pk=cast.brand1.pk).update(is_active=False)
    assert code(cast.request(), cast) == "UNSUPPORTED_BRAND"


@pytest.mark.req("POT-14", "ERR-07", "B-05")
def test_an_instance_of_other_brands(cast: Cast) -> None:
    instance = cast.house.open(cast.template, allowed_brand_ids=(cast.brand2.pk,))
    source = cast.house.source_for(instance)
    assert code(cast.house.request(source), cast) == "SOURCE_JACKPOTS_NOT_ALLOWED"
    assert code(cast.house.request(instance), cast) == "UNSUPPORTED_BRAND"
    assert code(cast.house.request(source, brand_id=cast.brand2.pk), cast) == "ACCEPTED"


@pytest.mark.req("POT-16", "ERR-07")
def test_countries(cast: Cast) -> None:
    instance = cast.house.open(cast.template, allowed_countries=("MT", "GB"), blocked_countries=("US",))
    source = cast.house.source_for(instance)
    expected = {
        "MT": "ACCEPTED",
        "UK": "ACCEPTED",
        "DE": "SOURCE_JACKPOTS_NOT_ALLOWED",
        "": "SOURCE_JACKPOTS_NOT_ALLOWED",
    }
    for country, answer in expected.items():
        assert code(cast.house.request(source, player_country=country), cast) == answer
        assert code(cast.house.request(instance, player_country=country), cast) == answer.replace(
            "REPLAYED", "ACCEPTED"
        )


@pytest.mark.req("POT-15")
def test_an_instance_that_names_its_sources(cast: Cast) -> None:
    instance = cast.house.open(cast.template, allowed_sources=("slots",))
    slots = cast.house.source_for(instance, source_id="slots")
    other = cast.house.source_for(instance, source_id="other")
    assert code(cast.house.request(slots), cast) == "ACCEPTED"
    assert code(cast.house.request(other), cast) == "SOURCE_JACKPOTS_NOT_ALLOWED"


@pytest.mark.req("SRC-05", "B-05")
def test_the_first_open_instance_by_priority_takes_it(cast: Cast) -> None:
    closed = cast.house.open(cast.template, blocked_countries=("MT",))
    source = cast.house.source_for(closed, cast.instance)
    assert accepted(one(cast.house.request(source), cast)).instance_id == cast.instance.pk
    pause_instance(cast.instance.pk, reason="Test", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    answer = one(cast.house.request(source), cast)
    assert answer.code == "SOURCE_JACKPOTS_NOT_ALLOWED"


@pytest.mark.req("ERR-03", "CUR-03")
def test_a_currency_without_a_multiplier(cast: Cast) -> None:
    assert code(cast.request(currency="NOK"), cast) == "CURRENCY_MULTIPLIERS_NOT_FOUND"


@pytest.mark.req("CUR-03", "B-02")
def test_multipliers_that_no_amount_survives(cast: Cast) -> None:
    source = cast.house.source_for(cast.house.open(quiet_draft(contribution_micros=2 * EUR)))
    Multiplier.objects.filter(operator_id="thrilltech", currency="JPY").update(multiplier="999999999")
    assert code(cast.house.request(source, currency="JPY"), cast) == "CURRENCY_MULTIPLIERS_NOT_FOUND"
    assert code(cast.house.request(source), cast) == "ACCEPTED"


@pytest.mark.req("CON-27", "POT-03", "POT-05", "POT-06", "ERR-01")
def test_an_instance_that_is_not_active(cast: Cast) -> None:
    pending = cast.house.open(cast.template, starts_at=cast.now + timedelta(hours=1))
    assert code(cast.house.request(pending), cast) == "CONTRIBUTION_REJECTED"
    assert code(cast.house.request(pending), cast, hours=1) == "ACCEPTED"
    scope = cast.house.scope
    pause_instance(cast.instance.pk, reason="Test", scope=scope, actor=SYSTEM, now=cast.now)
    answer = one(cast.request(), cast)
    assert (answer.code, answer.message) == ("CONTRIBUTION_REJECTED", "state: the jackpot is Paused")
    resume_instance(cast.instance.pk, scope=scope, actor=SYSTEM, now=cast.now)
    assert code(cast.request(), cast) == "ACCEPTED"
    approval = request_termination(
        cast.instance.pk,
        reason="Over",
        requested_by=cast.admin,
        scope=scope,
        actor=Actor.staff(cast.admin),
        now=cast.now,
    )
    cast.house.approve(approval)
    assert code(cast.request(), cast) == "CONTRIBUTION_REJECTED"
    assert code(cast.house.request(cast.instance), cast) == "CONTRIBUTION_REJECTED"
    assert_invariants()


@pytest.mark.req("CON-27", "POT-06", "POT-31")
def test_an_end_that_has_passed_needs_no_tick(cast: Cast) -> None:
    instance = cast.house.open(cast.template, ends_at=cast.now + timedelta(minutes=5))
    assert code(cast.house.request(instance), cast, minutes=4) == "ACCEPTED"
    assert code(cast.house.request(instance), cast, minutes=5) == "CONTRIBUTION_REJECTED"


@pytest.mark.req("OPT-01", "ERR-01", "CON-05")
def test_opting_in_opens_a_jackpot_that_asks_for_it(cast: Cast) -> None:
    instance = cast.house.open(quiet_draft(opt_in_required=True))
    request = cast.house.request(instance)
    answer = one(request, cast)
    assert (answer.code, answer.message.split(":")[0]) == ("CONTRIBUTION_REJECTED", "opt_in_required")
    joining = OptInRequest(
        operator_id="thrilltech", instance_id=instance.pk, brand_id=cast.brand1.pk, player_id=request.player_id,
        player_country="MT", opt_in=True,
    )  # fmt: skip
    opt_in(joining, now=cast.now)
    assert code(request, cast) == "ACCEPTED"


@pytest.mark.req("ERR-01", "B-02")
def test_bets_outside_the_templates_bounds(cast: Cast) -> None:
    instance = cast.house.open(quiet_draft(minimum_base_wager_micros=EUR, maximum_base_wager_micros=5 * EUR))
    messages = {
        999_999: "minimum_base_wager",
        1_000_000: None,
        5_000_000: None,
        5_000_001: "maximum_base_wager",
    }
    for wager, rule in messages.items():
        answer = one(cast.house.request(instance, base_wager_micros=wager), cast)
        assert (answer.message.split(":")[0] if isinstance(answer, Refusal) else None) == rule
    assert (
        code(cast.house.request(instance, currency="SEK", base_wager_micros=11 * EUR), cast) == "CONTRIBUTION_REJECTED"
    )


@pytest.mark.req("CON-24", "B-06")
@pytest.mark.parametrize("target", ["00000000-0000-4000-8000-000000000000", "nonsense"])
def test_an_instance_that_is_not_there(cast: Cast, target: str) -> None:
    request = again(cast.house.request(cast.instance), target_id=target)
    assert code(request, cast) == "NOT_FOUND"


@pytest.mark.req("GEN-01", "B-05")
def test_an_instance_of_another_operator_is_not_there(cast: Cast) -> None:
    assert code(cast.house.request(cast.rival_instance), cast) == "NOT_FOUND"
    assert code(cast.house.request(cast.rival_house.source_for(cast.rival_instance)), cast) == "GAME_NOT_FOUND"


@pytest.mark.req("B-06")
@pytest.mark.parametrize("wager", [-1, 10**15, 10**19])
def test_a_bet_out_of_range(cast: Cast, wager: int) -> None:
    assert code(cast.request(base_wager_micros=wager), cast) == "INVALID_REQUEST"


@pytest.mark.req("B-04")
def test_what_players_pay_for_waits_for_a_wallet(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # Such a template cannot be published yet; this is the second lock on the same door.
    for operation in ("request_simulation", "request_publication", "publish_template"):
        monkeypatch.setattr(f"jackpots.operations.{operation}.errors", lambda _problems: [])
    instance = cast.house.open(quiet_draft(operator_contribution_ppm=500_000))
    answer = one(cast.house.request(instance), cast)
    assert (answer.code, answer.message.split(":")[0]) == ("CONTRIBUTION_REJECTED", "funding")


@pytest.mark.req("B-01", "B-19")
def test_a_refusal_stores_nothing_but_a_count_and_may_be_tried_again(cast: Cast) -> None:
    request = cast.house.request("later-known")
    assert [code_of(answer) for answer in contribute([request, request], now=cast.now)] == ["GAME_NOT_FOUND"] * 2
    assert Contribution.objects.count() == 0
    counted = Refusals.objects.values_list("brand_id", "code", "count")
    assert list(counted) == [("thrilltech:brand1", "GAME_NOT_FOUND", 2)]
    cast.house.source_for(cast.instance, source_id="later-known")
    assert code(request, cast) == "ACCEPTED"


@pytest.mark.req("B-01")
def test_the_same_request_gets_the_same_answer(cast: Cast) -> None:
    request = cast.request()
    answers = contribute([request, request], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "REPLAYED"]
    later = accepted(one(request, cast, hours=1))
    assert (later.is_replay, later.accepted_at) == (True, cast.now)
    assert {accepted(answer).contribution_id for answer in [*answers, later]} == {later.contribution_id}
    assert Contribution.objects.count() == 1
    assert_invariants()


@pytest.mark.req("B-01")
def test_a_stored_answer_needs_no_source_any_more(cast: Cast) -> None:
    request = cast.request()
    assert code(request, cast) == "ACCEPTED"
    unmap_source(cast.source.pk, cast.instance.pk, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    pause_instance(cast.instance.pk, reason="Test", scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert code(request, cast) == "REPLAYED"
    assert code(cast.request(), cast) == "SOURCE_JACKPOT_NOT_FOUND"


@pytest.mark.req("B-01", "B-06")
@pytest.mark.parametrize(
    "changes",
    [{"currency": "SEK"}, {"base_wager_micros": 2 * EUR}, {"player_country": "GB"}, {"metadata": {"other": 1}}],
    ids=lambda changes: next(iter(changes)),
)
def test_another_payload_under_the_same_key_is_a_conflict(cast: Cast, changes: dict[str, Any]) -> None:
    request = cast.request()
    assert code(request, cast) == "ACCEPTED"
    answer = one(again(request, **changes), cast)
    assert (answer.code, answer.status_code) == ("IDEMPOTENCY_CONFLICT", 422)
    both = cast.request()
    answers = contribute([both, again(both, **changes), both], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "IDEMPOTENCY_CONFLICT", "REPLAYED"]


@pytest.mark.req("B-01")
def test_the_session_token_is_no_part_of_the_payload(cast: Cast) -> None:
    request = cast.request(token="one")
    assert code(request, cast) == "ACCEPTED"
    assert code(again(request, token="two"), cast) == "REPLAYED"


@pytest.mark.req("B-01")
def test_the_order_of_members_is_no_part_of_the_payload(cast: Cast) -> None:
    request = cast.request(metadata={"a": 1, "b": {"c": 2, "d": 3}})
    assert code(request, cast) == "ACCEPTED"
    assert code(again(request, metadata={"b": {"d": 3, "c": 2}, "a": 1}), cast) == "REPLAYED"


@pytest.mark.req("B-01")
def test_one_game_round_reaches_an_instance_by_one_target_only(cast: Cast) -> None:
    by_source = cast.request()
    direct = again(cast.house.request(cast.instance), gameround_id=by_source.gameround_id)
    other_source = again(cast.house.request(cast.house.source_for(cast.instance)), gameround_id=by_source.gameround_id)
    answers = contribute([by_source, direct], now=cast.now)
    assert [code_of(answer) for answer in answers] == ["ACCEPTED", "IDEMPOTENCY_CONFLICT"]
    assert [code(direct, cast), code(other_source, cast)] == ["IDEMPOTENCY_CONFLICT"] * 2
    assert code(again(direct, player_id="somebody-else"), cast) == "ACCEPTED"
    assert Contribution.objects.count() == 2
    assert_invariants()


@pytest.mark.req("SRC-05", "B-01")
def test_a_source_may_reach_another_instance_with_a_game_round_that_was_used(cast: Cast) -> None:
    by_source = cast.request()
    assert code(by_source, cast) == "ACCEPTED"
    other: Instance = cast.house.open(cast.template)
    assert code(again(cast.house.request(other), gameround_id=by_source.gameround_id), cast) == "ACCEPTED"
