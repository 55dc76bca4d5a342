"""Empty the sums of the ledger's days, so that the next folds make them again from the first line on."""

from datetime import datetime

from django.db import transaction

from jackpots.models.ledger_sums import LINES, DaySum, LedgerHorizon


def reset_ledger_sums(*, now: datetime) -> None:
    """Nothing is lost: the sums only repeat the lines, and figures are read from the lines meanwhile."""
    with transaction.atomic():
        LedgerHorizon.objects.bulk_create([LedgerHorizon(name=LINES, horizon=0, moved_at=now)], ignore_conflicts=True)
        reached = LedgerHorizon.objects.select_for_update().get(name=LINES)
        DaySum.objects.all().delete()
        reached.horizon, reached.moved_at = 0, now
        reached.save(update_fields=["horizon", "moved_at"])
