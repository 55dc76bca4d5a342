"""Currencies, templates, instances and sources of the demo, made by the operations that the pages call."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.demo.definitions import BRAND_MULTIPLIERS, JACKPOTS, MULTIPLIERS, OPERATORS, JackpotDefinition
from backoffice.tenancy.scope import Scope
from jackpots.operations.create_source import create_source
from jackpots.operations.create_template import TemplateDraft, create_template
from jackpots.operations.map_source import map_source
from jackpots.operations.open_instance import NewInstance, open_instance
from jackpots.operations.pause_instance import pause_instance
from jackpots.operations.play_simulation import play_simulation
from jackpots.operations.request_publication import request_publication
from jackpots.operations.request_simulation import SimulationPlan, request_simulation
from jackpots.operations.set_multipliers import set_multipliers
from jackpots.queries.instances import instances
from jackpots.rules.recurrence import Rule

# As many as show something without keeping the demo from starting.
SIMULATED = 5_000
A_DAY = 10_000


def load_jackpots(*, now: datetime) -> None:
    """Make everything at the instant `now`, unless the demo's operators have instances already."""
    if instances(Scope(OPERATORS[0].id)).exists():
        return
    for operator in OPERATORS:
        _load_currencies(operator.id, now)
    for jackpot in JACKPOTS:
        open_jackpot(jackpot, now=now)


def open_jackpot(
    jackpot: JackpotDefinition,
    *,
    now: datetime,
    starts_at: datetime | None = None,
    recurrence_rules: tuple[Rule, ...] = (),
) -> UUID:
    """Publish its template by two people, open it, and lead its source there; gives the instance's id."""
    template_id = _publish(jackpot, now)
    instance_id = _open(jackpot, now, template_id=template_id, starts_at=starts_at, recurrence_rules=recurrence_rules)
    _lead_source(jackpot, instance_id, now)
    return instance_id


def load_waiting_work(*, now: datetime) -> None:
    """What a team has on its table: a jackpot of next week, a paused one, a template that awaits a decision."""
    if instances(Scope("thrilltech")).filter(name="New Year Countdown").exists():
        return
    wheel = next(jackpot for jackpot in JACKPOTS if jackpot.name == "Deposit Drop")
    template_id = _publish(_renamed(wheel, "Countdown"), now - timedelta(days=2))
    _open(
        _renamed(wheel, "New Year Countdown"),
        now - timedelta(days=2),
        template_id=template_id,
        starts_at=now + timedelta(days=30),
    )
    paused_id = _open(_renamed(wheel, "Autumn Special"), now - timedelta(days=2), template_id=template_id)
    manager, _ = _pair("thrilltech")
    pause_instance(
        paused_id, reason="The campaign starts again on Monday.", scope=Scope("thrilltech"),
        actor=Actor.staff(manager), now=now - timedelta(days=1),
    )  # fmt: skip
    _draft_and_request(_renamed(wheel, "Winter Deposits"), now - timedelta(hours=3))


def _renamed(jackpot: JackpotDefinition, name: str) -> JackpotDefinition:
    """The same jackpot by another name."""
    return JackpotDefinition(
        jackpot.operator_id, name, jackpot.source_id, jackpot.source_name, jackpot.terms, 0, jackpot.base_wagers_micros
    )


def _pair(operator_id: str) -> tuple[StaffUser, StaffUser]:
    """Who asks and who decides."""
    by_role = {user.role: user for user in StaffUser.objects.filter(operator_id=operator_id)}
    return by_role["manager"], by_role["approver"]


def _load_currencies(operator_id: str, now: datetime) -> None:
    owners = [(None, MULTIPLIERS), *((brand, own) for brand, own in BRAND_MULTIPLIERS.items())]
    for brand_id, multipliers in owners:
        if brand_id is None or brand_id.startswith(f"{operator_id}:"):
            set_multipliers(
                {currency: Decimal(text) for currency, text in multipliers.items()}, operator_id=operator_id,
                brand_id=brand_id, scope=Scope(operator_id), actor=Actor.system("demo"), now=now,
            )  # fmt: skip


def _draft_and_request(jackpot: JackpotDefinition, now: datetime) -> tuple[UUID, UUID]:
    manager, _ = _pair(jackpot.operator_id)
    scope, actor = Scope(jackpot.operator_id), Actor.staff(manager)
    terms = {name: value for name, value in msgspec.structs.asdict(jackpot.terms).items() if name != "template_id"}
    draft = TemplateDraft(operator_id=jackpot.operator_id, name=jackpot.name, **terms)
    template = create_template(draft, scope=scope, created_by=manager, actor=actor, now=now)
    plan = SimulationPlan(contributions=SIMULATED, contributions_a_day=A_DAY)
    report = request_simulation(template.pk, plan, scope=scope, actor=actor, now=now)
    while play_simulation(report.pk, now=now):
        pass
    approval = request_publication(
        template.pk, reason="Agreed with the product team.", requested_by=manager, scope=scope, actor=actor, now=now
    )
    return template.pk, approval.pk


def _publish(jackpot: JackpotDefinition, now: datetime) -> UUID:
    _, approver = _pair(jackpot.operator_id)
    template_id, approval_id = _draft_and_request(jackpot, now)
    decide_approval(
        approval_id, Decision(is_approved=True, reason="Odds and seeds checked."), decided_by=approver,
        scope=Scope(jackpot.operator_id), actor=Actor.staff(approver), now=now,
    )  # fmt: skip
    return template_id


def _open(
    jackpot: JackpotDefinition,
    now: datetime,
    *,
    template_id: UUID,
    starts_at: datetime | None = None,
    recurrence_rules: tuple[Rule, ...] = (),
) -> UUID:
    manager, _ = _pair(jackpot.operator_id)
    new = NewInstance(
        template_id=template_id,
        operator_id=jackpot.operator_id,
        name=jackpot.name,
        games=jackpot.games,
        starts_at=starts_at,
        recurrence_rules=recurrence_rules,
    )
    instance = open_instance(
        new, scope=Scope(jackpot.operator_id), created_by=manager, actor=Actor.staff(manager), now=now
    )
    return instance.pk


def _lead_source(jackpot: JackpotDefinition, instance_id: UUID, now: datetime) -> None:
    manager, _ = _pair(jackpot.operator_id)
    scope, actor = Scope(jackpot.operator_id), Actor.staff(manager)
    source = create_source(
        jackpot.source_id, operator_id=jackpot.operator_id, brand_id=None, name=jackpot.source_name, scope=scope,
        actor=actor, now=now,
    )  # fmt: skip
    map_source(source.pk, instance_id, priority=0, scope=scope, actor=actor, now=now)
