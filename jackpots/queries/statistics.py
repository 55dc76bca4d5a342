"""Sums for reports: meters and opt-ins over time, the largest wins, and what is owed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from backoffice.tenancy.scope import Scope
from jackpots.models import (
    Contribution,
    Credit,
    CreditState,
    Instance,
    InstanceState,
    Multiplier,
    Pot,
    Win,
    WinState,
)
from jackpots.queries.beside_meters import BESIDE
from jackpots.queries.instances import in_scope


class MeterSum(NamedTuple):
    """The meters of a brand in a span, a point of time and a slot, for the instances of one currency.

    `span` is the number of the span that was asked for; `point` is the start of the hour or day on the wall clock
    of the zone; `slot` counts the cuts at or before the minutes. Amounts are in `currency`. Beside what the meters
    count stand community payouts and prizes (`given_micros`) and what came back of any of it (`back_micros`; of the
    whole operator where there is no brand).
    """

    span: int
    point: datetime
    slot: int
    brand_id: str | None
    currency: str
    contribution_count: int
    contribution_micros: int
    win_count: int
    win_micros: int
    given_micros: int
    back_micros: int


class OptInStep(NamedTuple):
    """By how many players the number of those opted in to anything changed; `point` None is all that came before."""

    point: datetime | None
    players: int


class TopWin(NamedTuple):
    """A large win, as the winners' list has it; `value_micros` in the instance's currency."""

    win_id: UUID
    brand_id: str
    instance_id: UUID
    instance_name: str
    pot: str
    player_id: str
    currency: str
    value_micros: int
    multipliers: dict[str, Any]
    won_at: datetime


class LivePot(NamedTuple):
    """A pot of an instance that takes contributions."""

    instance_id: UUID
    instance_name: str
    currency: str
    state: str
    code: str
    value_micros: int


class BookedContribution(NamedTuple):
    """A contribution as its transfer lists it; `amount_micros` in the instance's currency."""

    id: UUID
    brand_id: str
    player_id: str
    gameround_id: str
    amount_micros: int
    accepted_at: datetime
    win_pot: str | None


class Owed(NamedTuple):
    """Wins that wait for somebody."""

    owed: int
    withheld: int


class CurrentRate(NamedTuple):
    """A multiplier as it stands: units of the currency for one of the operator's base currency."""

    operator_id: str
    brand_id: str | None
    currency: str
    multiplier: Decimal
    changed_at: datetime


Span = tuple[datetime | None, datetime]

_METERS = f"""
SELECT s.number, date_trunc(%(unit)s, m.minute AT TIME ZONE %(zone)s), width_bucket(m.minute, %(cuts)s::timestamptz[]),
       m.brand_id, i.currency, sum(m.contribution_count)::bigint, sum(m.contribution_micros)::bigint,
       sum(m.win_count)::bigint, sum(m.win_micros)::bigint, 0::bigint, 0::bigint
FROM unnest(%(starts)s::timestamptz[], %(ends)s::timestamptz[]) WITH ORDINALITY AS s (since, until, number)
JOIN jackpots_meter m ON (s.since IS NULL OR m.minute >= s.since) AND m.minute < s.until
JOIN jackpots_instance i ON i.id = m.instance_id
WHERE (%(operator)s::text IS NULL OR m.operator_id = %(operator)s)
  AND (%(brands)s::text[] IS NULL OR m.brand_id = ANY(%(brands)s))
GROUP BY 1, 2, 3, 4, 5
UNION ALL
{BESIDE}
ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608 - made of constants
_OPT_INS = """
WITH steps AS (
    SELECT changed_at, CASE WHEN opted_in THEN 1 ELSE -1 END AS step,
           sum(CASE WHEN opted_in THEN 1 ELSE -1 END)
               OVER (PARTITION BY brand_id, player_id ORDER BY changed_at, id) AS after
    FROM jackpots_optinchange
    WHERE (%(operator)s::text IS NULL OR operator_id = %(operator)s)
      AND (%(brands)s::text[] IS NULL OR brand_id = ANY(%(brands)s))
      AND changed_at < %(until)s
)
SELECT CASE WHEN %(since)s::timestamptz IS NULL OR changed_at >= %(since)s
            THEN date_trunc(%(unit)s, changed_at AT TIME ZONE %(zone)s) END,
       sum(CASE WHEN after = 1 AND step = 1 THEN 1 WHEN after = 0 AND step = -1 THEN -1 ELSE 0 END)::bigint
FROM steps GROUP BY 1 ORDER BY 1 NULLS FIRST
"""


def meter_sums(
    scope: Scope, spans: Sequence[Span], *, unit: str, zone: str, cuts: Sequence[datetime] = ()
) -> list[MeterSum]:
    """The meters of each span, by hour, day or month of the zone; spans are numbered from 0."""
    parameters = {
        **_of(scope),
        "starts": [start for start, _ in spans],
        "ends": [end for _, end in spans],
        "unit": unit,
        "zone": zone,
        "cuts": list(cuts),
    }
    return [MeterSum(row[0] - 1, *row[1:]) for row in _rows(_METERS, parameters)]


def opt_in_steps(scope: Scope, span: Span, *, unit: str, zone: str) -> list[OptInStep]:
    """How the number of players opted in to at least one jackpot came about: before the span, and point by point."""
    since, until = span
    parameters = {**_of(scope), "since": since, "until": until, "unit": unit, "zone": zone}
    return [OptInStep(*row) for row in _rows(_OPT_INS, parameters)]


def top_wins(scope: Scope, span: Span, count: int = 10) -> list[TopWin]:
    """The largest wins of the span, `count` of every currency, since only those can be compared here."""
    since, until = span
    found = scope.rows(Win.objects.all(), brand_field="brand_id").filter(won_at__lt=until)
    if since is not None:
        found = found.filter(won_at__gte=since)
    place = Window(RowNumber(), partition_by="instance__currency", order_by=[F("value_micros").desc(), "won_at"])
    rows = found.annotate(place=place).filter(place__lte=count).values_list(
        "id", "brand_id", "instance_id", "instance__name", "pot__code", "player_id", "instance__currency",
        "value_micros", "multipliers", "won_at",
    )  # fmt: skip
    return [TopWin(*row) for row in rows]


def live_pots(scope: Scope) -> list[LivePot]:
    """The pots of every instance that is Active or Paused and open to a brand of the scope, in the order of names."""
    found = in_scope(Instance.objects.all(), scope).filter(state__in=[InstanceState.ACTIVE, InstanceState.PAUSED])
    rows = (
        found.filter(pots__isnull=False, pots__retired_at__isnull=True)
        .order_by("name", "id", "pots__position")
        .values_list("id", "name", "currency", "state", "pots__code", "pots__value_micros", "pots__position")
    )
    return [LivePot(*row[:6]) for row in rows]


def owed_wins(scope: Scope) -> Owed:
    """How many wins of the scope are owed, and how many are withheld."""
    counted = scope.rows(Win.objects.exclude(state=WinState.SETTLED), brand_field="brand_id").aggregate(
        owed=Count("id", filter=Q(state=WinState.OWED)), withheld=Count("id", filter=Q(state=WinState.WITHHELD))
    )
    return Owed(counted["owed"], counted["withheld"])


def held_by_rows(scope: Scope) -> dict[UUID, dict[str, int]]:
    """What the instances hold as their pots and wins say it, without a look into the ledger.

    By instance: `pot`, `seed`, `boost` from the pots, `payable` and `withheld` from the wins
    and credits that are not settled.
    """

    def unpaid(state: WinState) -> Subquery:
        wins = Win.objects.filter(instance_id=OuterRef("pk"), state=state).order_by().values("instance_id")
        return Subquery(wins.annotate(cost=Sum("cost_micros")).values("cost"))

    def credited(state: CreditState, amount: str = "cost_micros") -> Coalesce:
        rows = Credit.objects.filter(instance_id=OuterRef("pk"), state=state).order_by().values("instance_id")
        return Coalesce(Subquery(rows.annotate(owed=Sum(amount)).values("owed")), 0)

    names = ("pot", "seed", "boost", "payable", "withheld")
    rows = scope.rows(Instance.objects.order_by("pk")).annotate(
        pot=Sum("pots__value_micros"),
        seed=Sum("pots__seed_micros"),
        boost=Sum("pots__boost_micros"),
        # What could not be converted yet is owed all the same, by its value.
        payable=Coalesce(unpaid(WinState.OWED), 0)
        + credited(CreditState.OWED)
        + credited(CreditState.FAILED, "value_micros"),
        withheld=Coalesce(unpaid(WinState.WITHHELD), 0) + credited(CreditState.WITHHELD),
    )
    return {
        instance_id: {name: int(value or 0) for name, value in zip(names, values, strict=True)}
        for instance_id, *values in rows.values_list("id", *names)
    }


def current_rates() -> list[CurrentRate]:
    """Every multiplier of every operator."""
    fields = ("operator_id", "brand_id", "currency", "multiplier", "changed_at")
    return [CurrentRate(*row) for row in Multiplier.objects.order_by("pk").values_list(*fields)]


def contributions_of_transfer(
    scope: Scope, transfer_id: UUID, transaction_id: int, limit: int
) -> list[BookedContribution]:
    """The contributions of the scope's brands that one transfer booked, the newest first."""
    # The transaction is indexed; the transfer is not, since every contribution of it was written with it.
    rows = scope.rows(Contribution.objects.all(), brand_field="brand_id").filter(
        transaction_id=transaction_id, transfer_id=transfer_id
    )
    fields = ("id", "brand_id", "player_id", "gameround_id", "amount_micros", "accepted_at", "win_pot")
    return [BookedContribution(*row) for row in rows.values_list(*fields)[:limit]]


def pot_codes(operator_id: str) -> dict[UUID, str]:
    """The codes of an operator's pots by their ids."""
    return dict(Pot.objects.filter(operator_id=operator_id).order_by("pk").values_list("id", "code"))


def _of(scope: Scope) -> dict[str, Any]:
    brands = None if scope.brand_ids is None else list(scope.brand_ids)
    return {"operator": scope.operator_id, "brands": brands}


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
