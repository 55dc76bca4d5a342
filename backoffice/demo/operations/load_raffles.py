"""The demo's raffle: rounds that were drawn, and one that runs; by the operations that the doors and the clock call."""

from datetime import datetime, timedelta

from backoffice.demo.bets import bet_at
from backoffice.demo.definitions import RAFFLE
from backoffice.demo.dice import Dice
from backoffice.demo.operations.load_jackpots import open_jackpot
from backoffice.tenancy.scope import Scope
from jackpots.operations.contribute import contribute
from jackpots.operations.resolve_raffles import resolve_raffles
from jackpots.queries.instances import instances
from jackpots.rules.recurrence import Daily, Hours

DAYS = 3
BETS_A_DAY = 60
OPEN = Daily((Hours(0, 22 * 3_600),))


def load_raffles(*, now: datetime) -> None:
    """Open the raffle three days ago and play it, unless it is there: closed rounds are drawn at their ends."""
    if instances(Scope(RAFFLE.operator_id)).filter(name=RAFFLE.name).exists():
        return
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=DAYS)
    open_jackpot(RAFFLE, now=first - timedelta(hours=1), starts_at=first, recurrence_rules=(OPEN,))
    for day in range(DAYS + 1):
        start = first + timedelta(days=day)
        end = min(start + timedelta(hours=22), now)
        _play(day, start, end)
        if end < now:
            resolve_raffles(now=end)


def _play(day: int, start: datetime, end: datetime) -> None:
    if end <= start:
        return
    step = (end - start) / (BETS_A_DAY + 1)
    for number in range(BETS_A_DAY):
        request = bet_at(RAFFLE, Dice(f"raffle {day} {number}"), f"raffle-{day}-{number}")
        contribute([request], now=start + step * (number + 1))
