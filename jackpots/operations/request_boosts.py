"""Ask for boosts, or refunds, of several pots of a jackpot in one go."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import transaction

from backoffice.approvals.models import Approval


def request_boosts(amounts: Mapping[UUID, int], ask: Callable[[UUID, int], Approval]) -> list[Approval]:
    """A request for each pot by `ask`; all of them, or none where one is refused."""
    with transaction.atomic():
        return [ask(pot_id, amount) for pot_id, amount in amounts.items()]
