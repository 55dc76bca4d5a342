"""Who wins a time pot at the deadline of a window: the same question when it is awarded and when it is verified."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from django.db import connection
from django.db.models import F, Q

from backoffice.core import json
from jackpots.models import InstanceState, Pot
from jackpots.randomness import draw
from jackpots.rules.drops.time import DEADLINE, Window
from jackpots.rules.terms import PotTerms

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_TOTAL: Final = "SELECT count(*), coalesce(sum(c.amount_micros), 0) {of_window}"
_LAST: Final = "SELECT c.id {of_window} ORDER BY c.accepted_at DESC, c.id DESC LIMIT 1"
_BY_STAKE: Final = """
SELECT w.id FROM (SELECT c.id, sum({weight}) OVER (ORDER BY c.accepted_at, c.id) AS upto {of_window}) w
WHERE w.upto > %(number)s ORDER BY w.upto LIMIT 1
"""
_OF_WINDOW: Final = """
FROM jackpots_contribution c
WHERE c.operator_id = %(operator)s AND c.instance_id = %(instance)s AND c.accepted_at >= %(since)s
  AND c.accepted_at < %(until)s AND c.draws @> %(cycle)s::jsonb
"""


class Deadline(NamedTuple):
    """The end of a window of a pot's cycle; the secret and the prefix are those of its draws."""

    operator_id: str
    instance_id: UUID
    code: str
    cycle: int
    window: Window
    secret: bytes
    prefix: bytes


def epoch_ms(instant: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (instant - _EPOCH) // _MS


def instant_of(ms: int) -> datetime:
    """The instant that is so many milliseconds after the beginning of 1970."""
    return _EPOCH + ms * _MS


def window_of(starts_at: datetime | None, ends_at: datetime | None) -> Window | None:
    """A window from its columns; None for a pot without one."""
    if starts_at is None or ends_at is None:
        return None
    return Window(epoch_ms(starts_at), epoch_ms(ends_at))


def window_columns(window: Window | None) -> dict[str, datetime]:
    """A window as its columns; none for a pot without one."""
    if window is None:
        return {}
    return {"window_starts_at": instant_of(window.starts_ms), "window_ends_at": instant_of(window.ends_ms)}


def chosen_of_window(pot: PotTerms, deadline: Deadline) -> UUID | None:
    """The contribution that wins: of those of the cycle in the window, in the order of time and of ids, the last, or
    where the pot is drawn by stake the one that the number falls to. None where there was none."""
    parameters: dict[str, Any] = {
        "operator": deadline.operator_id,
        "instance": deadline.instance_id,
        "since": instant_of(deadline.window.starts_ms),
        "until": instant_of(deadline.window.ends_ms),
        "cycle": json.encode([[deadline.code, deadline.cycle]]).decode(),
    }
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        if pot.time_rule != "stake_weighted":
            row = cursor.execute(_LAST.format(of_window=_OF_WINDOW), parameters).fetchone()
            return row[0] if row else None
        count, total = cursor.execute(_TOTAL.format(of_window=_OF_WINDOW), parameters).fetchone() or (0, 0)
        if not count:
            return None
        weight = "c.amount_micros" if total else "1"
        parameters["number"] = draw(deadline.secret, deadline.prefix, DEADLINE, int(total or count))
        row = cursor.execute(_BY_STAKE.format(weight=weight, of_window=_OF_WINDOW), parameters).fetchone()
        return row[0] if row else None


def due_deadlines(now: datetime) -> list[tuple[str, UUID, datetime]]:
    """The operators and instances with a window that has ended by `now`, and as of when it is to be resolved: now, or
    when the jackpot was ended meanwhile."""
    pots = Pot.objects.filter(window_ends_at__lte=now, retired_at__isnull=True)
    running = Q(instance__state__in=(InstanceState.ACTIVE, InstanceState.PAUSED))
    # Terminated after the window had ended, by the schedule or by hand: what was due before is still owed.
    terminated = Q(instance__state=InstanceState.TERMINATED, instance__changed_at__gte=F("window_ends_at"))
    terminated &= Q(instance__ends_at__isnull=True) | Q(instance__ends_at__gte=F("window_ends_at"))
    rows = pots.filter(running | terminated).values_list(
        "operator_id", "instance_id", "instance__ends_at", "instance__state", "instance__changed_at"
    )
    return [
        (operator, key, min(now, ends_at or now, changed_at if state == InstanceState.TERMINATED else now))
        for operator, key, ends_at, state, changed_at in rows.distinct()
    ]
