"""Choosing some of many, each as likely as any other, by numbers that can be recomputed."""

from collections.abc import Callable, Iterator

Below = Callable[[int, int], int]
"""(which draw it is, counted from 1; n) -> an unbiased number below n, the same one whenever it is asked for."""


def shuffled(count: int, below: Below) -> Iterator[int]:
    """The indexes 0 … count - 1 in drawn order, without replacement; each is drawn when it is asked for.

    The k-th draw is made among the count - k + 1 that are left: the number j below that takes the index at place
    k - 1 + j, and the one at place k - 1 moves into the gap. Only places that have been touched are kept in memory.
    """
    moved: dict[int, int] = {}
    for place in range(count):
        chosen = place + below(place + 1, count - place)
        index = moved.get(chosen, chosen)
        moved[chosen] = moved.pop(place, place)
        yield index
