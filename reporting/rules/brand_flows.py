"""The flows of some brands of a jackpot that all its brands fill together."""

from collections.abc import Collection, Iterable, Mapping

from backoffice.core.money import split
from jackpots.rules.liability import Flows, column_of

Funding = tuple[str, str | None, int]
"""(kind of transfer, brand, what its funding and clearing accounts gave, in micro-units: payouts are negative)."""


def part_of_brands(whole: Flows, funding: Iterable[Funding], brand_ids: Collection[str]) -> Flows:
    """What of the flows came by these brands.

    House funding, boosts, payouts and transfers stand in the ledger by brand. A contribution stands there whole by
    brand, and by pot for all brands together: what went to pots and to seeds is divided by what the brands gave.
    """
    given = _given(funding)
    contributed = given.get("contributions", {})
    return Flows(
        contributions_to_pots=_share(whole.contributions_to_pots, contributed, brand_ids),
        contributions_to_seeds=_share(whole.contributions_to_seeds, contributed, brand_ids),
        house_funding=_sum(given.get("house_funding", {}), brand_ids),
        boosts=_sum(given.get("boosts", {}), brand_ids),
        payouts=-_sum(given.get("payouts", {}), brand_ids),
        transfers=_sum(given.get("transfers", {}), brand_ids),
    )


def _given(funding: Iterable[Funding]) -> dict[str, dict[str | None, int]]:
    given: dict[str, dict[str | None, int]] = {}
    for kind, brand_id, micros in funding:
        column = "contributions" if kind == "contributions" else column_of(kind, "pot")
        brands = given.setdefault(column, {})
        brands[brand_id] = brands.get(brand_id, 0) + micros
    return given


def _sum(by_brand: Mapping[str | None, int], brand_ids: Collection[str]) -> int:
    return sum(micros for brand_id, micros in by_brand.items() if brand_id in brand_ids)


def _share(whole: int, by_brand: Mapping[str | None, int], brand_ids: Collection[str]) -> int:
    brands = sorted(by_brand, key=lambda brand_id: brand_id or "")
    weights = [max(0, by_brand[brand_id]) for brand_id in brands]
    if whole <= 0 or not any(weights):
        return 0
    return sum(part for brand_id, part in zip(brands, split(whole, weights), strict=True) if brand_id in brand_ids)
