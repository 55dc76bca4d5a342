"""Simulations: asked for, played in parts, judged by the policy; without one nothing is published."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from backoffice.audit.models import AuditEntry
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import ReportState, SimulationPolicy, SimulationReport, Template
from jackpots.operations.change_template import change_template
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.play_simulation import play_simulation
from jackpots.operations.request_policy_change import request_policy_change
from jackpots.operations.request_publication import request_publication
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.queries.simulations import digest_of, policy_of
from jackpots.rules.policy import Policy
from jackpots.tasks import play_simulations
from tests.cast import EUR, SYSTEM, Cast, probability_pot, quiet_draft

PLAN = SimulationPlan(contributions=1_000, seed=7)


def developers_draft(**values: Any) -> TemplateDraft:
    """S2: the public template that returns 2,004 % on one pot and 4,004 % on the other."""
    minor = probability_pot(
        "minor", one_in=5, position=0, share_ppm=250_000, seed_share_ppm=850_000, min_reseed_micros=10 * EUR,
        initial_seed_micros=10 * EUR,
    )  # fmt: skip
    major = probability_pot(
        "major", one_in=25, position=1, share_ppm=250_000, seed_share_ppm=850_000, min_reseed_micros=100 * EUR,
        initial_seed_micros=100 * EUR,
    )  # fmt: skip
    terms: dict[str, Any] = {"household_ppm": 500_000, "pots": (minor, major)}
    return quiet_draft(**(terms | values))


def drafted(cast: Cast, draft: TemplateDraft | None = None) -> Template:
    return create_template(
        draft or quiet_draft(), scope=cast.house.scope, created_by=cast.manager, actor=SYSTEM, now=cast.now
    )


def asked(cast: Cast, template: Template, plan: SimulationPlan = PLAN) -> SimulationReport:
    return request_simulation(template.pk, plan, scope=cast.house.scope, actor=SYSTEM, now=cast.now)


def publish(cast: Cast, template: Template) -> None:
    request_publication(
        template.pk,
        reason="Go",
        requested_by=cast.manager,
        scope=cast.house.scope,
        actor=Actor.staff(cast.manager),
        now=cast.now,
    )


@pytest.mark.req("POT-01", "B-09")
def test_a_report_is_played_in_parts_and_says_how_far_it_is(cast: Cast) -> None:
    report = asked(cast, drafted(cast))
    assert (report.state, report.played, report.to_play) == (ReportState.QUEUED, 0, 3_000)
    assert play_simulation(report.pk, now=cast.now, most=1_400)
    report.refresh_from_db()
    assert (report.state, report.played) == (ReportState.RUNNING, 1_400)
    while play_simulation(report.pk, now=cast.now, most=1_400):
        pass
    report.refresh_from_db()
    assert (report.state, report.played, report.standing) == (ReportState.COMPLETE, 3_000, {})
    assert [run["name"] for run in report.figures["runs"]] == ["together", "minor", "mega"]
    assert [pot["code"] for pot in report.formulas["pots"]] == ["minor", "mega"]
    assert report.is_within_policy
    assert AuditEntry.objects.filter(action="template.simulated", object_id=str(report.template_id)).exists()
    assert not play_simulation(report.pk, now=cast.now)


@pytest.mark.req("POT-20")
def test_a_worker_that_was_killed_costs_its_last_part_and_changes_no_figure(cast: Cast) -> None:
    template = drafted(cast, developers_draft())
    whole = asked(cast, template)
    while play_simulation(whole.pk, now=cast.now):
        pass
    whole.refresh_from_db()
    SimulationReport.objects.filter(pk=whole.pk).delete()
    parted = asked(cast, template)
    assert play_simulation(parted.pk, now=cast.now, most=777)
    # Another worker has the report as it was before that part, and must not write what it plays of it.
    stale = SimulationReport.objects.get(pk=parted.pk)
    assert play_simulation(parted.pk, now=cast.now, most=500)
    SimulationReport.objects.filter(pk=parted.pk).update(played=stale.played, standing=stale.standing)
    while play_simulation(parted.pk, now=cast.now, most=333):
        pass
    parted.refresh_from_db()
    assert parted.figures == whole.figures
    again = cast.house.simulate(drafted(cast, developers_draft()), contributions=1_000, seed=7)
    assert again.figures == parted.figures
    other = cast.house.simulate(drafted(cast, developers_draft()), contributions=1_000, seed=8)
    assert other.figures != parted.figures


@pytest.mark.req("POT-01")
def test_the_same_plan_for_the_same_terms_is_the_same_report(cast: Cast) -> None:
    template = drafted(cast)
    report = asked(cast, template)
    assert asked(cast, template).pk == report.pk
    assert asked(cast, template, replace(PLAN, seed=8)).pk != report.pk
    change_template(template.pk, quiet_draft(name="Renamed"), scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert asked(cast, template).pk == report.pk, "a name is no term"
    change_template(
        template.pk, quiet_draft(contribution_micros=EUR), scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    assert asked(cast, template).pk != report.pk


@pytest.mark.req("POT-01")
@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (replace(PLAN, contributions=0), "contributions"),
        (replace(PLAN, contributions=10**9), "contributions"),
        (replace(PLAN, seed=-1), "seed"),
        (replace(PLAN, contributions_a_day=0), "contributions_a_day"),
    ],
)
def test_a_plan_has_bounds(cast: Cast, plan: SimulationPlan, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        asked(cast, drafted(cast), plan)
    assert refused.value.field == field
    with pytest.raises(Refusal, match="NOT_FOUND"):
        request_simulation(drafted(cast).pk, PLAN, scope=Scope("rival"), actor=SYSTEM, now=cast.now)


@pytest.mark.req("B-09", "POT-20")
def test_s2_the_template_that_returns_two_thousand_percent_is_refused_with_the_figures(cast: Cast) -> None:
    template = drafted(cast, developers_draft())
    report = cast.house.simulate(template, contributions=5_000)
    assert not report.is_within_policy
    with pytest.raises(Refusal) as refused:
        publish(cast, template)
    assert refused.value.field == "simulation"
    said = refused.value.message
    for figure in ("Pot minor alone returns 2,003.75 %", "EUR 10.01", "EUR 9.89", "Pot major alone returns 4,003.75 %"):
        assert figure in said
    alone = {run["name"]: run for run in report.figures["runs"]}
    for code, rtp in (("minor", 20_037_500), ("major", 40_037_500)):
        assert abs(alone[code]["rtp_ppm"] - rtp) < 4 * alone[code]["rtp_error_ppm"]
    assert alone["together"]["rtp_ppm"] < alone["minor"]["rtp_ppm"] + alone["major"]["rtp_ppm"]


@pytest.mark.req("B-25")
def test_nothing_is_published_without_a_report_of_this_very_version(cast: Cast) -> None:
    template = drafted(cast)
    with pytest.raises(Refusal, match="Simulate the template first"):
        publish(cast, template)
    report = asked(cast, template)
    with pytest.raises(Refusal, match="still being played"):
        publish(cast, template)
    assert not play_simulation(report.pk, now=cast.now)
    changed = quiet_draft(contribution_micros=EUR // 5)
    change_template(template.pk, changed, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    with pytest.raises(Refusal, match="changed after it was simulated"):
        publish(cast, template)
    change_template(template.pk, quiet_draft(), scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    publish(cast, template)


@pytest.mark.req("B-25")
def test_a_draft_that_changes_while_it_is_played_fails_the_report(cast: Cast) -> None:
    template = drafted(cast)
    report = asked(cast, template)
    assert play_simulation(report.pk, now=cast.now, most=10)
    changed = quiet_draft(contribution_micros=EUR)
    change_template(template.pk, changed, scope=cast.house.scope, actor=SYSTEM, now=cast.now)
    assert not play_simulation(report.pk, now=cast.now)
    report.refresh_from_db()
    assert (report.state, report.played) == (ReportState.FAILED, 10)
    assert "changed while it was played" in report.error


@pytest.mark.req("B-25")
def test_the_policy_is_changed_by_two_and_judges_anew(cast: Cast) -> None:
    template = drafted(cast, developers_draft())
    report = cast.house.simulate(template)
    with pytest.raises(Refusal, match=r"the policy allows 100\.00 %"):
        publish(cast, template)
    cast.house.allow(Policy(maximum_rtp_ppm=None, maximum_pot_rtp_ppm=50_000_000, maximum_house_seed_ppm=None))
    publish(cast, template)
    report.refresh_from_db()
    assert (report.is_within_policy, report.objections) == (True, [])
    assert policy_of("thrilltech").maximum_pot_rtp_ppm == 50_000_000
    with pytest.raises(Refusal, match="the limits already"):
        request_policy_change(
            policy_of("thrilltech"), reason="Same", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM,
            now=cast.now,
        )  # fmt: skip
    with pytest.raises(Refusal, match="out of range"):
        request_policy_change(
            Policy(maximum_rtp_ppm=-1), reason="No", requested_by=cast.admin, scope=cast.house.scope, actor=SYSTEM,
            now=cast.now,
        )  # fmt: skip


@pytest.mark.req("B-25")
def test_a_policy_that_grew_stricter_stops_what_awaits_a_decision(cast: Cast) -> None:
    template = drafted(cast)
    cast.house.simulate(template)
    approval = request_publication(
        template.pk, reason="Go", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    cast.house.allow(Policy(maximum_liability_micros=EUR))
    with pytest.raises(Refusal, match=r"hold more than EUR .*; the policy allows EUR 1.00"), transaction.atomic():
        cast.house.approve(approval)
    template.refresh_from_db()
    assert template.state == "Draft"


def refused_by_the_database(message: str, act: Any) -> None:
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        act()


@pytest.mark.req("B-25")
def test_the_database_holds_the_gate_too(cast: Cast) -> None:
    template = drafted(cast)
    report = cast.house.simulate(template)
    approval = request_publication(
        template.pk, reason="Go", requested_by=cast.manager, scope=cast.house.scope, actor=SYSTEM, now=cast.now
    )
    rows = SimulationReport.objects.filter(pk=report.pk)
    refused_by_the_database("keeps its figures", lambda: rows.update(formulas={}))
    refused_by_the_database("digest|keeps its figures", lambda: rows.update(digest=b"0" * 32))
    refused_by_the_database("without_objections", lambda: rows.update(is_within_policy=False))
    rows.delete()
    with pytest.raises(Refusal, match="Simulate the template first"), transaction.atomic():
        cast.house.approve(approval)
    # The approval alone, given behind the operations' back, publishes nothing.
    values = {"state": "approved", "decided_by": cast.approver, "decided_at": cast.now}
    type(approval).objects.filter(pk=approval.pk).update(**values)
    published = {"state": "Published", "approval": approval, "published_at": cast.now}
    rows_of = Template.objects.filter(pk=template.pk)
    refused_by_the_database("needs a simulation", lambda: rows_of.update(**published))
    cast.house.simulate(template)
    refused_by_the_database(
        "needs a simulation", lambda: rows_of.update(**published, contribution_micros=EUR, household_ppm=300_000)
    )
    assert rows_of.update(**published) == 1


@pytest.mark.req("B-25")
def test_the_database_takes_no_policy_of_one_person(cast: Cast) -> None:
    row = {"operator_id": "thrilltech", "maximum_rtp_ppm": 5_000_000, "changed_at": cast.now}
    refused_by_the_database("second person", lambda: SimulationPolicy.objects.create(**row))
    cast.house.allow(Policy(maximum_rtp_ppm=2_000_000))
    rows = SimulationPolicy.objects.filter(pk="thrilltech")
    refused_by_the_database("second person", lambda: rows.update(maximum_rtp_ppm=5_000_000))
    refused_by_the_database("Cannot delete", rows.delete)


@pytest.mark.req("POT-01")
def test_the_digest_stands_for_the_terms_alone(cast: Cast) -> None:
    one, same, other = (drafted(cast, draft) for draft in (quiet_draft(), quiet_draft(name="B"), developers_draft()))
    assert digest_of(one.pk) == digest_of(same.pk)
    assert digest_of(one.pk) != digest_of(other.pk)


@pytest.mark.req("POT-01", "R-21")
@pytest.mark.django_db(transaction=True)
def test_one_worker_plays_a_report_and_a_killed_one_lets_go_of_it(cast: Cast) -> None:
    report = asked(cast, drafted(cast))
    settings = connection.get_connection_params()
    settings.pop("cursor_factory", None)
    with psycopg.connect(dbname=settings["dbname"], **{k: settings[k] for k in ("host", "port", "user")}) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('potluck simulation ' || %s, 0))", [str(report.pk)])
        assert play_simulations() == 0
        report.refresh_from_db()
        assert report.state == ReportState.QUEUED
    # The connection of the worker that held it is gone.
    assert play_simulations() == 1
    report.refresh_from_db()
    assert report.state == ReportState.COMPLETE
    assert play_simulations() == 0
