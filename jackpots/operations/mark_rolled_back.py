"""Mark contributions whose bets were taken back."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction

from jackpots.models import Contribution

BET_ROLLED_BACK: Final = "bet_rolled_back"


def mark_rolled_back(operator_id: str, contribution_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Mark those that exist, and give them; what they did to pots stays (rule B-18). Marking again changes nothing."""
    with transaction.atomic():
        found = Contribution.objects.filter(operator_id=operator_id, pk__in=list(contribution_ids))
        existing = frozenset(found.order_by("pk").values_list("pk", flat=True))
        found.exclude(mark=BET_ROLLED_BACK).update(mark=BET_ROLLED_BACK)
    return existing
