"""Which jackpot a contribution by a source would reach now, brand by brand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from jackpots.models import Instance, Source
from jackpots.queries.instances import facts_of
from jackpots.rules.eligibility import Attempt, Facts, choose


@dataclass(frozen=True)
class Reach:
    """Where a brand's contribution would go: a jackpot, or the reason why to none."""

    brand: Brand
    instance: Instance | None
    refusal: Refusal | None
    note: str = ""


def reaches(
    source: Source,
    brands: Sequence[Brand],
    instances: Mapping[UUID, Instance],
    now: datetime,
    *,
    shadowed: frozenset[str] = frozenset(),
) -> list[Reach]:
    """For each brand that can use the source. `shadowed` brands have a source of the same id of their own."""
    rows = [instances[mapping.instance_id] for mapping in source.mappings.all() if mapping.instance_id in instances]
    by_priority = [_anywhere(facts_of(row)) for row in rows]
    found = []
    for brand in brands:
        if brand.operator_id != source.operator_id or source.brand_id not in (None, brand.pk):
            continue
        if source.brand_id is None and brand.pk in shadowed:
            found.append(Reach(brand, None, None, "The brand's own source of this id is used instead."))
            continue
        found.append(_reach(brand, source, by_priority, instances, now))
    return found


def _reach(
    brand: Brand, source: Source, by_priority: list[Facts], instances: Mapping[UUID, Instance], now: datetime
) -> Reach:
    chosen = choose(by_priority, Attempt(brand.pk, "", source.source_id), now)
    if isinstance(chosen, Refusal):
        return Reach(brand, None, chosen)
    row = instances[UUID(chosen.instance_id)]
    has_rule = bool(row.allowed_countries or row.blocked_countries)
    return Reach(brand, row, None, "Where the player's country is allowed." if has_rule else "")


def _anywhere(facts: Facts) -> Facts:
    return msgspec.structs.replace(facts, allowed_countries=frozenset(), blocked_countries=frozenset())
