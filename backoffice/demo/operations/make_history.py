"""Ninety days of history, through the operation that every door calls, with the time passed in."""

import math
from datetime import datetime, timedelta

from backoffice.accounts.models import StaffUser
from backoffice.approvals.operations.decide_approval import Decision, decide_approval
from backoffice.audit.record import Actor
from backoffice.demo.bets import bet
from backoffice.demo.definitions import (
    COUNTRY_OF_PLAYER,
    JACKPOTS,
    OPERATORS,
    PLAYERS,
    brand_of_player,
    player,
)
from backoffice.demo.dice import Dice
from backoffice.tenancy.scope import Scope
from jackpots.operations.contribute import contribute
from jackpots.operations.opt_in import OptInRequest, opt_in
from jackpots.operations.request_settlement import request_settlement
from jackpots.operations.withhold_win import withhold_win
from jackpots.queries.contributions import contributions
from jackpots.queries.instances import instances
from jackpots.queries.wins import wins
from jackpots.rules.contribution import ContributionRequest

BATCH = 20
DAYS_UNTIL_SETTLED = 5
# Parts of a day's play for each hour, UTC: quiet at night, busy in the evening.
HOURS = (3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 6, 6, 6, 6, 7, 8, 9, 11, 12, 12, 10, 7, 5)


def make_history(*, start: datetime, end: datetime, count: int) -> int:
    """Contribute `count` times between the two instants; gives how many were made, 0 where all were there.

    The gamerounds are the same at every run, so that a run that was cut short is finished by the next.
    """
    if not count:
        return 0
    last = bet(OPERATORS[0].id, Dice(f"bet {count - 1}"), f"history-{count - 1}")
    if contributions(Scope(OPERATORS[0].id)).filter(gameround_id=last.gameround_id).exists():
        return 0
    _opt_players_in(start)
    for number, instant in enumerate(_instants(start, end, math.ceil(count / BATCH))):
        first = number * BATCH
        _contribute(first, min(first + BATCH, count), instant)
    for operator in OPERATORS:
        _settle_old_wins(operator.id, end)
    return count


def _instants(start: datetime, end: datetime, count: int) -> list[datetime]:
    dice = Dice("instants")
    days = (end - start).days
    weights = []
    for day in range(days):
        is_weekend = (start + timedelta(days=day)).weekday() >= 5
        weights.append((100 + day) * (14 if is_weekend else 10))
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    instants = [
        midnight
        + timedelta(
            days=dice.weighted(range(days), weights),
            hours=dice.weighted(range(24), HOURS),
            seconds=dice.below(3_600),
        )
        for _ in range(count)
    ]
    return sorted(max(instant, start + timedelta(minutes=1)) for instant in instants)


def _contribute(first: int, last: int, instant: datetime) -> None:
    by_operator: dict[str, list[ContributionRequest]] = {}
    for number in range(first, last):
        # One of twenty is the rival's, but never the last, by which a finished history is known.
        operator = OPERATORS[1] if number % BATCH == 0 else OPERATORS[0]
        request = bet(operator.id, Dice(f"bet {number}"), f"history-{number}")
        by_operator.setdefault(operator.id, []).append(request)
    for requests in by_operator.values():
        contribute(requests, now=instant)


def _opt_players_in(start: datetime) -> None:
    dice = Dice("opt-ins")
    for jackpot in JACKPOTS:
        if not jackpot.terms.opt_in_required:
            continue
        instance = instances(Scope(jackpot.operator_id)).get(name=jackpot.name)
        for number in range(1, PLAYERS + 1):
            if dice.below(4):
                request = OptInRequest(
                    operator_id=jackpot.operator_id, instance_id=instance.pk,
                    brand_id=brand_of_player(jackpot.operator_id, number), player_id=player(number),
                    player_country=COUNTRY_OF_PLAYER[number % len(COUNTRY_OF_PLAYER)], opt_in=True,
                )  # fmt: skip
                opt_in(request, now=start + timedelta(minutes=dice.below(45 * 24 * 60)))


def _settle_old_wins(operator_id: str, end: datetime) -> None:
    """Wins of the last days are still owed, one is withheld, the others were settled the day after."""
    by_role = {user.role: user for user in StaffUser.objects.filter(operator_id=operator_id)}
    manager, approver = by_role["manager"], by_role["approver"]
    scope = Scope(operator_id)
    owed = list(
        wins(scope).filter(state="owed", won_at__lt=end - timedelta(days=DAYS_UNTIL_SETTLED)).order_by("won_at")
    )
    for win in owed[:-1]:
        asked_at = win.won_at + timedelta(hours=20)
        approval = request_settlement(
            win.pk, reference=f"BANK-{win.won_at:%Y%m%d}-{str(win.pk)[:8]}", reason="Paid by the wallet team.",
            requested_by=manager, scope=scope, actor=Actor.staff(manager), now=asked_at,
        )  # fmt: skip
        decide_approval(
            approval.pk, Decision(is_approved=True, reason="The payment is on the statement."), decided_by=approver,
            scope=scope, actor=Actor.staff(approver), now=asked_at + timedelta(hours=2),
        )  # fmt: skip
    for win in owed[-1:]:
        withhold_win(
            win.pk, reason="The player's documents are being checked.", scope=scope, actor=Actor.staff(manager),
            now=win.won_at + timedelta(hours=3),
        )  # fmt: skip
