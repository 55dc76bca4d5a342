"""What a won pot gave to the community, recomputed from the secret of its cycle."""

from collections.abc import Iterator
from itertools import islice

from jackpots.models import Credit, CreditKind, Win
from jackpots.queries.templates import published_terms
from jackpots.randomness import draw
from jackpots.rules.sampling import shuffled
from jackpots.rules.terms import StrategyTerms


def community_faults(win: Win, secret: bytes, prefix: bytes) -> Iterator[str]:
    """What is wrong with the credits of a win: their sum, or players who were not drawn."""
    credits_of_win = Credit.objects.filter(kind=CreditKind.COMMUNITY, pot_id=win.pot_id, cycle=win.cycle)
    rows = list(credits_of_win.values_list("value_micros", "detail"))
    if sum(value for value, _ in rows) != win.community_micros:
        yield "the community was not given what the win says"
    chosen: dict[int, tuple[set[int], int]] = {}
    for _, detail in rows:
        for part in detail["strategies"]:
            indexes, _ = chosen.setdefault(part["position"], (set(), part["of"]))
            indexes.add(part["index"])
    for strategy in published_terms(win.contribution.template_id).strategies:
        indexes, eligible = chosen.get(strategy.position, (set(), 0))
        if strategy.kind == "active" and not indexes <= _drawn(strategy, eligible, secret, prefix):
            yield f"the players of strategy {strategy.position} are not those that were drawn"


def _drawn(strategy: StrategyTerms, eligible: int, secret: bytes, prefix: bytes) -> set[int]:
    def below(number: int, n: int) -> int:
        return draw(secret, prefix, f"community:{strategy.position}:{number}", n)

    return set(islice(shuffled(eligible, below), strategy.count))
