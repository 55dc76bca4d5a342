"""Switch a running instance to another template: what happens when a second person has approved it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max

from backoffice.approvals.models import Approval
from backoffice.audit.record import Actor, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, ModelSwitch, Pot, PotCycle, Template
from jackpots.operations.change_state import locked_instance, subject_of
from jackpots.operations.open_instance import first_cycle
from jackpots.operations.post_transfer import (
    AccountKind,
    AccountRef,
    Posting,
    TransferKind,
    post_transfers,
    transfer_id,
)
from jackpots.operations.request_switch import check_running
from jackpots.queries.switching import plan_of, template_for
from jackpots.queries.templates import published_terms
from jackpots.rules.switching import Plan, PotHeld, amounts, read
from jackpots.rules.terms import PotTerms


def switch_instance(approval: Approval, actor: Actor, now: datetime) -> None:
    """The approval's instance runs by the template from now on; what its pots hold moves by the shares agreed to.

    The amounts are those of now, not of the dry run. A pot of the same code goes on, others are made or retired;
    every running cycle ends and the next begins. Refusal(INVALID_REQUEST) with the first problem that stands in the
    way by now.
    """
    scope = Scope(approval.operator_id)
    with locked_instance(scope, UUID(approval.object_id), now, actor) as instance:
        check_running(instance)
        template = template_for(scope, instance, UUID(str(approval.after["template_id"])))
        rows = {row.code: row for row in Pot.objects.select_for_update().filter(instance=instance).order_by("pk")}
        running = sorted((row for row in rows.values() if row.retired_at is None), key=lambda row: row.position)
        _check_windows(instance, running, now)
        plan = plan_of(instance, running, template, read(approval.after["mapping"]))
        if plan.problems:
            raise Refusal("INVALID_REQUEST", plan.problems[0])
        before = {row.pk: _balances(row) for row in rows.values()}
        _write(instance, template, plan, approval=approval, now=now)
        _end_cycles(running, now)
        pots = _pots(instance, rows, plan, now)
        _move(instance, before, pots, approval=approval, now=now)
        record(
            actor,
            "instance.switched",
            subject_of(instance),
            at=now,
            before={"template": str(approval.before["template"]), "currency": instance.currency}
            | {"pots": amounts(plan.before)},
            after={"template": str(template), "currency": instance.currency, "pots": amounts(plan.after)},
            reason=approval.reason,
        )


def _check_windows(instance: Instance, running: list[Pot], now: datetime) -> None:
    """Refusal(INVALID_REQUEST) while somebody is still to be awarded a pot whose window has ended."""
    most = {pot.code: pot.max_drops for pot in published_terms(instance.template_id).pots}
    for row in running:
        drops = most.get(row.code)
        is_closed = drops is not None and row.drop_count >= drops
        if row.window_ends_at is not None and row.window_ends_at <= now and not is_closed:
            raise Refusal("INVALID_REQUEST", f"A window of {row.code} has ended and is being resolved; try again.")


def _write(instance: Instance, template: Template, plan: Plan, *, approval: Approval, now: datetime) -> None:
    ModelSwitch.objects.create(
        id=transfer_id(TransferKind.SWITCH, str(approval.pk)),
        operator_id=instance.operator_id,
        instance=instance,
        from_template_id=instance.template_id,
        to_template=template,
        mapping=read(approval.after["mapping"]),
        before=amounts(plan.before),
        after=amounts(plan.after),
        reason=approval.reason[:300],
        approval=approval,
        switched_at=now,
    )
    instance.template = template
    instance.approval = approval
    instance.changed_at = now
    instance.save(update_fields=["template", "approval", "changed_at"])


def _end_cycles(running: list[Pot], now: datetime) -> None:
    PotCycle.objects.filter(pot__in=running, ended_at__isnull=True).update(ended_at=now)


def _pots(instance: Instance, rows: Mapping[str, Pot], plan: Plan, now: datetime) -> list[Pot]:
    """Every pot that was or is of the model, as it stands from now on, each in a new cycle."""
    terms = {pot.code: pot for pot in published_terms(instance.template_id).pots}
    slot = Pot.objects.filter(instance=instance).aggregate(last=Max("slot"))["last"] or 0
    cycles, touched = [], []
    for held in plan.after:
        pot = rows.get(held.code)
        if pot is None:
            slot += 1
            pot = Pot(operator_id=instance.operator_id, instance=instance, code=held.code, slot=slot)
        else:
            pot.cycle += 1
        _take_over(pot, held, terms[held.code], now)
        pot.save()
        cycles.append(first_cycle(pot, now))
        touched.append(pot)
    PotCycle.objects.bulk_create(cycles)
    return touched + _retired(rows, terms, now)


def _take_over(pot: Pot, held: PotHeld, terms: PotTerms, now: datetime) -> None:
    pot.position = terms.position
    # What came to a retired pot since stays its own: nothing of it is in the plan.
    own = pot.seed_micros if pot.retired_at is not None else 0
    pot.value_micros, pot.seed_micros = held.value_micros, held.reserve_micros + own
    pot.boost_micros = held.boost_micros
    # A hit that waited was drawn by odds that hold no more.
    pot.is_armed = False
    pot.window_starts_at = now if terms.period_seconds else None
    pot.window_ends_at = now + timedelta(seconds=terms.period_seconds) if terms.period_seconds else None
    pot.retired_at = None
    pot.version += 1
    pot.changed_at = now


def _retired(rows: Mapping[str, Pot], terms: Mapping[str, PotTerms], now: datetime) -> list[Pot]:
    found = [pot for code, pot in rows.items() if code not in terms and pot.retired_at is None]
    for pot in found:
        pot.value_micros = pot.seed_micros = pot.boost_micros = 0
        pot.is_armed, pot.retired_at, pot.changed_at = False, now, now
        pot.window_starts_at = pot.window_ends_at = None
        pot.version += 1
        pot.save()
    return found


def _balances(pot: Pot) -> dict[str, int]:
    return {
        AccountKind.POT: pot.value_micros,
        AccountKind.SEED: pot.seed_micros,
        AccountKind.BOOST: pot.boost_micros,
    }


def _move(
    instance: Instance, before: Mapping[UUID, Mapping[str, int]], pots: list[Pot], *, approval: Approval, now: datetime
) -> None:
    lines = {
        AccountRef(kind, pot.pk): amount - before.get(pot.pk, {}).get(kind, 0)
        for pot in pots
        for kind, amount in _balances(pot).items()
    }
    posting = Posting(
        id=transfer_id(TransferKind.SWITCH, str(approval.pk)),
        operator_id=instance.operator_id,
        instance_id=instance.pk,
        kind=TransferKind.SWITCH,
        currency=instance.currency,
        occurred_at=now,
        lines=lines,
        reason=approval.reason[:300],
        subject_id=approval.pk,
    )
    post_transfers([posting])
