"""What the schedule runs for jackpots. A task that comes twice finds nothing left to do."""

import structlog
from celery import shared_task

from backoffice.core import clock
from jackpots.operations import activate_due as activation
from jackpots.operations import ensure_partitions as partitions
from jackpots.operations import fold_ledger as ledger_sums
from jackpots.operations import resolve_deadlines as deadlines
from jackpots.operations import resolve_raffles as raffles
from jackpots.operations import retry_credits as credits_again
from jackpots.operations.claim_simulation import claim_simulation
from jackpots.operations.play_simulation import play_simulation
from jackpots.operations.reset_ledger_sums import reset_ledger_sums
from jackpots.operations.suspend_violated import suspend_violated
from jackpots.queries.invariants import money_violations
from jackpots.queries.ledger_days import unproven_sums
from jackpots.queries.simulations import waiting_reports

log = structlog.get_logger(__name__)
# After so many parts of one report the task ends, so that a worker that is stopped is not waited for.
PARTS = 40
FOLDS = 20


@shared_task
def activate_due() -> int:
    """Activate and terminate instances whose time has come; how many."""
    return activation.activate_due(now=clock.now())


@shared_task
def resolve_raffles() -> int:
    """Open, close, draw and complete the rounds of raffles whose time has come; how many steps were taken."""
    return raffles.resolve_raffles(now=clock.now())


@shared_task
def resolve_deadlines() -> int:
    """Award the time pots whose windows have ended; how many."""
    return deadlines.resolve_deadlines(now=clock.now())


@shared_task
def retry_credits() -> int:
    """Credit those for whose currency there is a rate by now; how many."""
    return credits_again.retry_credits(now=clock.now())


@shared_task
def check_invariants() -> int:
    """Suspend whose money does not add up; how many operators. What only delays events or figures suspends nobody."""
    return len(suspend_violated(money_violations(), now=clock.now()))


@shared_task
def ensure_partitions() -> int:
    """Make the ledger's next months; how many."""
    return len(partitions.ensure_partitions(now=clock.now()))


@shared_task
def prove_ledger() -> int:
    """Compare the sums of the ledger's days with its lines; how many are wrong. Wrong ones are given up at once, all of
    them: figures are read from the lines until they are summed anew."""
    wrong = unproven_sums()
    if wrong:
        log.error("ledger_sums_wrong", number=len(wrong), first=wrong[0])
        reset_ledger_sums(now=clock.now())
    return len(wrong)


@shared_task
def fold_ledger() -> int:
    """Bring the sums of the ledger's days up to date; a large backlog is left to the next beats. How many transfers."""
    folded = 0
    for _ in range(FOLDS):
        folded += (some := ledger_sums.fold_ledger(now=clock.now()))
        if some < ledger_sums.BATCH // 2:
            break
    return folded


@shared_task
def play_simulations() -> int:
    """Play what waits; how many parts. A report that another worker plays is left to it."""
    played = 0
    for report_id in waiting_reports():
        with claim_simulation(report_id) as is_mine:
            for _ in range(PARTS if is_mine else 0):
                played += 1
                if not play_simulation(report_id, now=clock.now()):
                    break
    return played
