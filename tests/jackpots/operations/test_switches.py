"""A running jackpot goes over to another model: by two people, nothing lost, what runs sees it at once."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import DatabaseError, transaction

from backoffice.approvals.models import Approval
from backoffice.audit.models import AuditEntry
from backoffice.core.errors import Refusal
from jackpots.models import Contribution, Instance, ModelSwitch, OptIn, Pot, PotCycle, Win
from jackpots.operations.contribute import contribute
from jackpots.operations.create_template import TemplateDraft
from jackpots.operations.post_transfer import AccountRef, Posting, post_transfers, transfer_id
from jackpots.operations.request_cancellation import request_cancellation
from jackpots.operations.request_switch import SwitchTo, request_switch
from jackpots.operations.resolve_deadlines import resolve_deadlines
from jackpots.operations.switch_instance import switch_instance
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.instances import instance as instance_of
from jackpots.queries.ledger import balances
from jackpots.queries.published_draws import cycle_document, public_cycle
from jackpots.queries.verification import verify_draws
from jackpots.rules.contribution import ContributionResult
from jackpots.rules.terms import PPM
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft, value_pot
from tests.invariants import assert_invariants

pytestmark = pytest.mark.django_db
KEPT = {"minor": {"minor": PPM}, "mega": {"mega": 600_000, "major": 400_000}}


def next_draft(**values: Any) -> TemplateDraft:
    major = probability_pot("major", position=2, share_ppm=0, initial_seed_micros=EUR, min_reseed_micros=EUR)
    pots = (value_pot(), probability_pot(), major)
    terms: dict[str, Any] = {"name": "Next", "contribution_micros": EUR // 5, "pots": pots}
    return quiet_draft(**(terms | values))


def asked(cast: Cast, instance: Instance, draft: TemplateDraft | None = None, **values: Any) -> Approval:
    template = cast.house.publish(draft or next_draft())
    arguments: dict[str, Any] = {"mapping": KEPT, "scope": cast.house.scope, "requested_by": cast.manager} | values
    to = SwitchTo(template.pk, arguments.pop("mapping"))
    return request_switch(instance.pk, to, reason="A third pot", actor=SYSTEM, now=cast.now, **arguments)


def contributed(cast: Cast, instance: Instance, times: int = 3) -> list[Any]:
    return contribute([cast.house.request(instance) for _ in range(times)], now=cast.now)


def by_kind(cast: Cast, instance: Instance) -> dict[str, int]:
    sums: dict[str, int] = {}
    for balance in balances(cast.house.scope, instance_ids=[instance.pk]):
        sums[balance.ref.kind] = sums.get(balance.ref.kind, 0) + balance.balance_micros
    return {kind: amount for kind, amount in sums.items() if amount}


@pytest.mark.req("POT-01", "POT-02", "B-12", "B-25")
def test_pots_are_kept_made_and_fed_and_the_next_contribution_is_of_the_new_terms(cast: Cast) -> None:
    instance = cast.instance
    contributed(cast, instance)
    before, slots = by_kind(cast, instance), {pot.code: pot.slot for pot in Pot.objects.filter(instance=instance)}
    mega = Pot.objects.get(instance=instance, code="mega")
    approval = asked(cast, instance)
    assert approval.before["pots"]["mega"]["value_micros"] == mega.value_micros
    contributed(cast, instance)
    cast.house.approve(approval)
    assert sum(by_kind(cast, instance).values()) == 0
    (first, *_) = contributed(cast, instance, 1)
    assert isinstance(first, ContributionResult)
    assert first.contribution_micros == EUR // 5
    assert (
        Contribution.objects.get(pk=first.contribution_id).template_id
        == instance_of(cast.house.scope, instance.pk).template_id
    )
    pots = {pot.code: pot for pot in Pot.objects.filter(instance=instance)}
    assert {code: pot.cycle for code, pot in pots.items()} == {"minor": 2, "mega": 2, "major": 1}
    assert pots["major"].slot not in slots.values()
    assert {code: pots[code].slot for code in slots} == slots
    assert pots["major"].value_micros + pots["mega"].value_micros > mega.value_micros
    assert before["pot"] < by_kind(cast, instance)["pot"]
    switch = ModelSwitch.objects.get()
    assert sum(sum(held.values()) for held in switch.before.values()) == sum(
        sum(held.values()) for held in switch.after.values()
    )
    assert AuditEntry.objects.filter(action="instance.switched", object_id=str(instance.pk)).count() == 1
    assert_invariants()


@pytest.mark.req("POT-01", "OPT-04", "B-11")
def test_a_pot_without_a_place_is_retired_with_nothing_in_it_and_comes_back_later(cast: Cast) -> None:
    instance = cast.instance
    contributed(cast, instance)
    alone = quiet_draft(name="Alone", pots=(probability_pot(position=0, share_ppm=700_000),))
    both_to_mega = {"minor": {"mega": PPM}, "mega": {"mega": PPM}}
    cast.house.approve(asked(cast, instance, alone, mapping=both_to_mega))
    minor = Pot.objects.get(instance=instance, code="minor")
    assert (minor.value_micros, minor.seed_micros, minor.retired_at) == (0, 0, cast.now)
    assert [pot.code for pot in instance_of(cast.house.scope, instance.pk).pots.all()] == ["mega"]
    contributed(cast, instance)
    assert_invariants()
    cast.house.approve(asked(cast, instance, mapping={"mega": {"minor": 50_000, "mega": 900_000, "major": 50_000}}))
    minor.refresh_from_db()
    assert (minor.retired_at, minor.cycle) == (None, 2)
    assert minor.value_micros > 0
    contributed(cast, instance)
    assert OptIn.objects.get(instance=instance).contribution_count == 9
    assert_invariants()


@pytest.mark.req("CON-11", "B-10")
def test_every_cycle_ends_and_its_draws_can_be_recomputed(cast: Cast) -> None:
    instance = cast.instance
    contributed(cast, instance)
    cast.house.approve(asked(cast, instance))
    contributed(cast, instance)
    ended = PotCycle.objects.filter(pot__instance=instance, ended_at__isnull=False)
    assert {(row.pot.code, row.cycle) for row in ended} == {("minor", 1), ("mega", 1)}
    found = verify_draws(cast.house.scope)
    assert found.draw_count > 0
    assert not found.mismatches


@pytest.mark.req("CON-11", "B-10")
def test_what_is_published_of_a_cycle_is_by_the_terms_it_ran_by(cast: Cast) -> None:
    instance = cast.instance
    alone = quiet_draft(name="Alone", pots=(probability_pot(position=0, share_ppm=700_000, one_in=10**6),))
    to_mega = {"minor": {"mega": PPM}, "mega": {"mega": PPM}}
    cast.house.now = cast.now + timedelta(minutes=1)
    cast.house.approve(asked(cast, instance, alone, mapping=to_mega))
    retired, _ = cycle_document(public_cycle(instance.pk, "minor", 1), after=None, size=10)
    assert (retired["terms"]["kind"], retired["winner"], bool(retired["secret"])) == ("value", None, True)
    before, _ = cycle_document(public_cycle(instance.pk, "mega", 1), after=None, size=10)
    after, _ = cycle_document(public_cycle(instance.pk, "mega", 2), after=None, size=10)
    assert before["terms"]["max_magic_number"] == 10**9
    assert (after["terms"]["max_magic_number"], after["secret"]) == (10**6, None)


@pytest.mark.req("POT-01", "SED-03")
def test_a_hit_that_waits_and_a_win_before_leave_nothing_open(cast: Cast) -> None:
    sure = probability_pot("mega", one_in=1, share_ppm=450_000)
    instance = cast.house.open(quiet_draft(name="Sure", pots=(value_pot(), sure)))
    contributed(cast, instance, 2)
    assert Win.objects.count() == 2
    cast.house.approve(asked(cast, instance))
    assert not Pot.objects.filter(instance=instance, is_armed=True).exists()
    contributed(cast, instance, 2)
    assert Win.objects.count() == 2
    assert_invariants()


@pytest.mark.req("B-25", "R-06")
def test_one_person_switches_nothing(cast: Cast) -> None:
    approval = asked(cast, cast.instance)
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        switch_instance(approval, SYSTEM, cast.now)
    rows = Instance.objects.filter(pk=cast.instance.pk)
    template = approval.after["template_id"]
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        rows.update(template_id=template, approval=approval)
    cast.house.approve(approval)
    other = cast.house.publish(quiet_draft(name="Other"))
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        rows.update(template=other)
    assert_invariants()


@pytest.mark.req("POT-01", "G-02")
def test_what_cannot_be_switched_is_refused_when_asked_and_when_approved(cast: Cast) -> None:
    with pytest.raises(Refusal, match="not converted"):
        asked(cast, cast.instance, next_draft(currency="GBP"))
    with pytest.raises(Refusal, match="no such instance"):
        asked(cast, cast.instance, scope=cast.rival_house.scope)
    with pytest.raises(Refusal, match="together"):
        asked(cast, cast.instance, mapping={"minor": {"minor": PPM}})
    approval = asked(cast, cast.instance)
    Instance.objects.filter(pk=cast.instance.pk).update(state="Ended")
    with pytest.raises(Refusal, match="nothing can be switched"):
        cast.house.approve(approval)


@pytest.mark.req("G-12", "B-11", "B-12")
def test_what_is_cancelled_after_its_pot_was_retired_goes_to_a_pot_that_runs(cast: Cast) -> None:
    sure = probability_pot("mega", one_in=1, share_ppm=450_000)
    instance = cast.house.open(quiet_draft(name="Sure", pots=(value_pot(), sure)))
    contributed(cast, instance, 1)
    win = Win.objects.get()
    common: dict[str, Any] = {"scope": cast.house.scope, "actor": SYSTEM, "now": cast.now}
    withhold_win(win.pk, reason="Check", **common)
    other = quiet_draft(name="Other", pots=(value_pot("small"), probability_pot("large")))
    cast.house.approve(asked(cast, instance, other, mapping={"minor": {"small": PPM}, "mega": {"large": PPM}}))
    small = Pot.objects.get(instance=instance, code="small")
    cast.house.approve(request_cancellation(win.pk, reason="Forged", requested_by=cast.manager, **common))
    assert Pot.objects.get(pk=small.pk).seed_micros == small.seed_micros + win.cost_micros
    assert_invariants()


@pytest.mark.req("B-12")
def test_what_a_retired_pot_was_given_is_still_there_when_it_comes_back(cast: Cast) -> None:
    instance = cast.instance
    first = instance.template_id
    cast.house.approve(
        asked(
            cast,
            instance,
            quiet_draft(name="Alone", pots=(probability_pot(position=0, share_ppm=700_000),)),
            mapping={"minor": {"mega": PPM}, "mega": {"mega": PPM}},
        )
    )
    minor = Pot.objects.get(instance=instance, code="minor")
    given = Posting(
        id=transfer_id("excess", "late"), operator_id=instance.operator_id, instance_id=instance.pk, kind="excess",
        currency="EUR", occurred_at=cast.now,
        lines={AccountRef("house"): -5, AccountRef("seed", minor.pk): 5},
    )  # fmt: skip
    post_transfers([given])
    Pot.objects.filter(pk=minor.pk).update(seed_micros=5)
    back = SwitchTo(first, {"mega": {"minor": 50_000, "mega": 950_000}})
    approval = request_switch(
        instance.pk, back, reason="Back", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    cast.house.approve(approval)
    minor.refresh_from_db()
    assert minor.seed_micros == 5 + approval.after["pots"]["minor"]["seed_reserve_micros"]
    assert_invariants()


@pytest.mark.req("POT-01", "G-17")
def test_a_pot_by_time_begins_a_window_of_its_own_and_a_retired_one_has_none(cast: Cast) -> None:
    hourly = probability_pot(
        "mega", kind="time", time_rule="first_after", period_seconds=3_600, max_magic_number=None,
        cost_per_attempt_micros=None,
    )  # fmt: skip
    instance = cast.house.open(quiet_draft(name="Hourly", pots=(value_pot(), hourly)))
    daily = msgspec.structs.replace(hourly, period_seconds=86_400)
    same = {"minor": {"minor": PPM}, "mega": {"mega": PPM}}
    cast.house.now = cast.now + timedelta(minutes=10)
    cast.house.approve(asked(cast, instance, quiet_draft(name="Daily", pots=(value_pot(), daily)), mapping=same))
    pot = Pot.objects.get(instance=instance, code="mega")
    window = (cast.house.now, cast.house.now + timedelta(days=1))
    assert (pot.window_starts_at, pot.window_ends_at) == window
    running = PotCycle.objects.get(pot=pot, cycle=2)
    assert (running.window_starts_at, running.window_ends_at) == window
    contributed(cast, instance, 1)
    alone = quiet_draft(name="Alone", pots=(probability_pot("big", position=0, share_ppm=700_000),))
    cast.house.approve(asked(cast, instance, alone, mapping={"minor": {"big": PPM}, "mega": {"big": PPM}}))
    pot.refresh_from_db()
    assert (pot.window_starts_at, pot.window_ends_at) == (None, None)
    assert_invariants()


@pytest.mark.req("POT-01", "G-14", "G-17")
def test_what_is_due_by_the_old_model_or_closed_by_the_new_one_keeps_a_jackpot_from_it(cast: Cast) -> None:
    sure = probability_pot("only", one_in=1, position=0, share_ppm=700_000)
    hourly = probability_pot(
        "hourly", position=1, kind="time", time_rule="stake_weighted", period_seconds=3_600, max_magic_number=None,
        cost_per_attempt_micros=None, share_ppm=0,
    )  # fmt: skip
    instance = cast.house.open(quiet_draft(name="Sure", pots=(sure, hourly)))
    contributed(cast, instance)
    same = {"only": {"only": PPM}, "hourly": {"hourly": PPM}}
    limited = quiet_draft(name="Limited", pots=(msgspec.structs.replace(sure, max_drops=3), hourly))
    with pytest.raises(Refusal, match="closed at once"):
        asked(cast, instance, limited, mapping=same)
    more = quiet_draft(name="More", pots=(msgspec.structs.replace(sure, max_drops=9), hourly))
    approval = asked(cast, instance, more, mapping=same)
    cast.house.now = cast.now + timedelta(hours=1)
    with pytest.raises(Refusal, match="is being resolved"):
        cast.house.approve(approval)
    assert resolve_deadlines(now=cast.house.now + timedelta(seconds=2)) == 1
    cast.house.approve(approval)
    assert_invariants()
