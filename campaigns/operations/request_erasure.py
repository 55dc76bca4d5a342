"""Ask a second person to erase a player (GDPR, article 17)."""

from datetime import datetime
from typing import Final

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.approvals.models import Approval
from backoffice.approvals.operations.request_approval import Request, request_approval
from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from campaigns.queries.profiles import profile

APPROVAL: Final = "player.erase"


def request_erasure(
    profile_id: int, *, reason: str, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> Approval:
    """Store the request. It names the player by number alone, for it outlives the erasure; so should the reason.

    Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for a player who was erased.
    """
    with transaction.atomic():
        player = profile(scope, profile_id)
        if player.erased_at is not None:
            raise Refusal("INVALID_REQUEST", "The player was erased already.")
        request = Request(
            kind=APPROVAL,
            operator_id=player.operator_id,
            brand_id=player.brand_id,
            object_id=str(player.pk),
            title=f"Erase player {player.pk} of {player.brand_id}",
            reason=reason,
            before={"profile": "known"},
            after={"profile": "a number, for ever", "ledger": "kept"},
        )
        return request_approval(request, requested_by=requested_by, actor=actor, now=now)
