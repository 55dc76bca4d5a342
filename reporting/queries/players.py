"""The players who contributed most, from the days of the rollups and the pieces of days beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from reporting.queries.asking import Asking
from reporting.queries.folding import player_days
from reporting.rules.folding import PlayerKey, PlayerTotals
from reporting.rules.period import Span, whole_days

_TOPS = """
WITH parts AS (
    SELECT brand_id, player_id, contribution_count AS number, contribution_base_micros AS given,
           win_base_micros AS won, unconverted_count AS left_out
    FROM reporting_playerday
    WHERE operator_id = %(operator)s AND (%(brands)s::text[] IS NULL OR brand_id = ANY(%(brands)s))
      AND (%(first)s::date IS NULL OR day >= %(first)s) AND day < %(after)s
    UNION ALL
    SELECT * FROM unnest(%(piece_brands)s::text[], %(piece_players)s::text[], %(piece_numbers)s::bigint[],
                         %(piece_given)s::bigint[], %(piece_won)s::bigint[], %(piece_left_out)s::bigint[])
), sums AS (
    SELECT brand_id, player_id, sum(number)::bigint AS number, sum(given)::bigint AS given, sum(won)::bigint AS won,
           sum(left_out)::bigint AS left_out
    FROM parts GROUP BY 1, 2
), ranked AS (
    SELECT *, row_number() OVER (ORDER BY given DESC, player_id, brand_id) AS by_given,
           row_number() OVER (ORDER BY given - won DESC, player_id, brand_id) AS by_net,
           (sum(left_out) OVER ())::bigint AS all_left_out
    FROM sums
)
SELECT brand_id, player_id, number, given, won, by_given, by_net, all_left_out FROM ranked
WHERE by_given <= %(count)s OR by_net <= %(count)s
"""


@dataclass(frozen=True, slots=True)
class PlayerSum:
    """A player of a brand over the period; amounts in the operator's base currency."""

    brand_id: str
    player_id: str
    contribution_count: int
    contribution_micros: int
    win_micros: int

    @property
    def net_micros(self) -> int:
        """What the player contributed beyond what was won."""
        return self.contribution_micros - self.win_micros


@dataclass(frozen=True, slots=True)
class TopPlayers:
    """The largest by contributions and by net; `left_out` contributions and wins had no rate and are in no amount."""

    by_contributions: list[PlayerSum]
    by_net: list[PlayerSum]
    left_out: int


def _of_pieces(asking: Asking, pieces: Sequence[Span]) -> dict[PlayerKey, PlayerTotals]:
    return player_days(asking.slice_of(pieces), {asking.operator.pk: asking.rates}) if pieces else {}


def top_players(asking: Asking, count: int = 10) -> TopPlayers:
    """The players of the period."""
    # To the end of the period, not to now: nothing happens later, and a day that is whole needs no pieces.
    first, after, pieces = whole_days(Span(asking.span.start, asking.period.end))
    loose = [
        (key.brand_id, key.player_id, day.contribution_count, day.contribution_base_micros, day.win_base_micros,
         day.unconverted_count)
        for key, day in _of_pieces(asking, pieces).items()
    ]  # fmt: skip
    columns = [list(column) for column in zip(*loose, strict=True)] if loose else [[] for _ in range(6)]
    names = ("piece_brands", "piece_players", "piece_numbers", "piece_given", "piece_won", "piece_left_out")
    parameters = {
        "operator": asking.operator.pk,
        "brands": None if asking.scope.brand_ids is None else list(asking.scope.brand_ids),
        "first": first,
        "after": after,
        "count": count,
        **dict(zip(names, columns, strict=True)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOPS, parameters)
        rows = cursor.fetchall()
    by_given = sorted((row for row in rows if row[5] <= count), key=lambda row: row[5])
    by_net = sorted((row for row in rows if row[6] <= count), key=lambda row: row[6])
    return TopPlayers(
        [PlayerSum(*row[:5]) for row in by_given], [PlayerSum(*row[:5]) for row in by_net], rows[0][7] if rows else 0
    )
