"""How large the bets were, from the buckets of the rollups and the pieces of days beside them."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q, Sum

from reporting.models import WagerBucket
from reporting.queries.asking import Asking
from reporting.queries.folding import wager_buckets
from reporting.rules.folding import UNCONVERTED
from reporting.rules.period import Span, whole_days
from reporting.rules.wagers import between


@dataclass(frozen=True, slots=True)
class Distribution:
    """Bets by bucket, both periods over the same buckets; `left_out` bets had no rate."""

    upper_ends: list[int]
    current: list[int]
    before: list[int] | None
    left_out: int


def distribution(asking: Asking) -> Distribution:
    """The bets of the period, and of the one before."""
    spans = [Span(asking.span.start, asking.period.end), *asking.spans[1:]]
    counted = _counts(asking, spans)
    left_out = counted[0].pop(UNCONVERTED, 0)
    for counts in counted[1:]:
        counts.pop(UNCONVERTED, None)
    ends = between([end for counts in counted for end in counts])
    courses = [[counts.get(end, 0) for end in ends] for counts in counted]
    return Distribution(ends, courses[0], courses[1] if len(courses) > 1 else None, left_out)


def _counts(asking: Asking, spans: list[Span]) -> list[dict[int, int]]:
    divided = [whole_days(span) for span in spans]
    days = [Q(day__lt=after) if first is None else Q(day__lt=after, day__gte=first) for first, after, _ in divided]
    rows = asking.scope.rows(WagerBucket.objects.filter(reduce(or_, days)), brand_field="brand_id").order_by()
    sums = {f"in_{number}": Sum("count", filter=chosen) for number, chosen in enumerate(days)}
    counted: list[dict[int, int]] = [{} for _ in spans]
    for upper_micros, *numbers in rows.values_list("upper_micros").annotate(**sums):
        for counts, number in zip(counted, numbers, strict=True):
            if number:
                counts[upper_micros] = number
    pieces = [(number, piece) for number, (_, _, of_span) in enumerate(divided) for piece in of_span]
    _add_pieces(asking, pieces, counted)
    return counted


def _add_pieces(asking: Asking, pieces: list[tuple[int, Span]], counted: list[dict[int, int]]) -> None:
    if not pieces:
        return
    found = wager_buckets(asking.slice_of([piece for _, piece in pieces]), {asking.operator.pk: asking.rates})
    for (number, _), buckets in zip(pieces, found, strict=True):
        for key, count in buckets.items():
            counted[number][key.upper_micros] = counted[number].get(key.upper_micros, 0) + count
