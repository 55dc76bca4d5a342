"""What must always hold of the rollups: they are the journal, up to their cursor."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Sum

from backoffice.core.invariants import Violation
from jackpots.queries import journal, ledger_days
from reporting.models import JOURNAL, PlayerDay, RollupCursor, WagerBucket

_ROLLUPS: Final = "R1 rollups are the journal"
_NUMBERS: Final = "R2 the database has reached its journal"
_SUMS: Final = "R3 the days' sums are the ledger's lines"
_KEY: Final = ("operator_id", "brand_id", "instance_id")


def rollup_violations() -> Iterable[Violation]:
    """Every brand of a jackpot whose rollups do not hold what the journal has below the cursor."""
    cursor = RollupCursor.objects.filter(name=JOURNAL).first()
    low = cursor.horizon if cursor else 0
    if (by := max(journal.ahead(), low - journal.horizon())) > 0:
        # Transactions are numbered anew where a dump is restored into another server: nothing would be folded.
        yield Violation(_NUMBERS, JOURNAL, f"is {by} transactions ahead; see pg_resetwal in the guide to operating")
    written = {row[:3]: row[3:] for row in journal.counts(journal.below(low))}
    days = PlayerDay.objects.values_list(*_KEY).annotate(
        count=Sum("contribution_count"), amount=Sum("contribution_micros"), wins=Sum("win_count")
    )
    folded = {row[:3]: tuple(map(int, row[3:])) for row in days.order_by()}
    buckets = WagerBucket.objects.values_list(*_KEY).annotate(counted=Sum("count")).order_by()
    wagered = {row[:3]: int(row[3]) for row in buckets}
    for key in sorted(written.keys() | folded.keys() | wagered.keys(), key=str):
        said, has = folded.get(key, (0, 0, 0)), written.get(key, (0, 0, 0))
        if said != has or wagered.get(key, 0) != has[0]:
            detail = f"contributions, amount, wins {said} and wagers {wagered.get(key, 0)}, the journal {has}"
            yield Violation(_ROLLUPS, " ".join(map(str, key)), detail)
    for key, detail in ledger_days.unproven_sums():
        yield Violation(_SUMS, key, detail)
