"""Empty the rollups, so that the next folds make them again from the first contribution on."""

from datetime import datetime

from django.db import transaction

from reporting.models import JOURNAL, PlayerDay, RollupCursor, WagerBucket


def reset_rollups(*, now: datetime) -> None:
    """Nothing is lost: rollups only repeat the journal. The rates that were noted stay."""
    with transaction.atomic():
        RollupCursor.objects.bulk_create([RollupCursor(name=JOURNAL, horizon=0, moved_at=now)], ignore_conflicts=True)
        cursor = RollupCursor.objects.select_for_update().get(name=JOURNAL)
        PlayerDay.objects.all().delete()
        WagerBucket.objects.all().delete()
        cursor.horizon, cursor.moved_at = 0, now
        cursor.save(update_fields=["horizon", "moved_at"])
