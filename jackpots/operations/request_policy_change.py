"""Ask a second person to change what templates may be like."""

from datetime import datetime

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.core.money import LIMIT_MICROS
from backoffice.tenancy.scope import Scope
from jackpots.queries.simulations import policy_of, policy_values
from jackpots.rules.policy import Policy

MOST_PPM = 2_000_000_000


def request_policy_change(
    policy: Policy, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request for the scope's operator. Refusal(NOT_FOUND) without one, Refusal(FORBIDDEN) to who is limited
    to brands, Refusal(INVALID_REQUEST) for limits out of range or the ones there are already."""
    operator_id = scope.operator_id
    if operator_id is None:
        raise Refusal("NOT_FOUND", "There is no such operator.")
    scope.check_change(None)
    after = policy_values(policy)
    for name, limit in after.items():
        most = LIMIT_MICROS if name.endswith("_micros") else MOST_PPM
        if isinstance(limit, int) and not 0 <= limit < most:
            raise Refusal("INVALID_REQUEST", "The limit is out of range.", name)
    with transaction.atomic():
        before = policy_values(policy_of(operator_id))
        if before == after:
            raise Refusal("INVALID_REQUEST", "These are the limits already.")
        request = Request(
            kind="policy.change",
            operator_id=operator_id,
            object_id=operator_id,
            title="Change what templates may return and cost",
            reason=reason,
            before=before,
            after=after,
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)
