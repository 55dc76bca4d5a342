"""Suspend the operators whose money does not add up."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.invariants import Violation
from backoffice.tenancy.models import Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Suspension
from jackpots.operations.suspend import suspend
from jackpots.queries.suspensions import Suspended, holding
from jackpots.queries.violated import by_operator

log = structlog.get_logger(__name__)
ACTOR = Actor.system("invariants")


def suspend_violated(found: Sequence[Violation], *, now: datetime) -> list[Suspension]:
    """Suspend everything of each operator that a violation leads to, and of all where one leads to nobody.

    Who is suspended wholly already is left alone. Each suspension says which invariant it is for.
    """
    owned = by_operator(found)
    everybody = owned.pop(None, [])
    operators = Operator.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
    made = []
    for operator_id in operators:
        violations = owned.get(operator_id, everybody)
        if violations and not _is_suspended(operator_id):
            log.error("operator_suspended", operator=operator_id, violations=len(violations), first=str(violations[0]))
            what, reason = Suspended(operator_id), _reason(violations)
            try:
                made.append(suspend(what, reason=reason, scope=Scope(operator_id), actor=ACTOR, now=now))
            except Refusal:
                log.info("operator_suspended_already", operator=operator_id)
    return made


def _is_suspended(operator_id: str) -> bool:
    return holding(Scope(operator_id)).filter(brand__isnull=True, source__isnull=True).exists()


def _reason(violations: Sequence[Violation]) -> str:
    more = f", and {len(violations) - 1} more" if len(violations) > 1 else ""
    return f"An invariant is violated. {violations[0]}"[: 300 - len(more)] + more
