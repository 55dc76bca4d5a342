"""What the tickers show: every running instance with its pots, in one read."""

from django.db import connection

from jackpots.wire.jackpot_update import InstanceValues, PotValue

RUNNING = """
    SELECT i.id::text, i.operator_id, i.name, i.state, i.jackpot_type, i.currency, i.allowed_sources,
           i.starts_at, i.ends_at, greatest(i.changed_at, max(p.changed_at)),
           coalesce((SELECT array_agg(b.brand_id ORDER BY b.brand_id) FROM jackpots_instancebrand b
                     WHERE b.instance_id = i.id),
                    (SELECT array_agg(b.id ORDER BY b.id) FROM tenancy_brand b WHERE b.operator_id = i.operator_id),
                    '{}'),
           array_agg(p.code ORDER BY p.position), array_agg(t.is_progressive ORDER BY p.position),
           array_agg(p.value_micros ORDER BY p.position)
    FROM jackpots_instance i
    JOIN jackpots_pot p ON p.instance_id = i.id
    JOIN jackpots_templatepot t ON t.template_id = i.template_id AND t.code = p.code
    WHERE i.state IN ('Active', 'Paused') OR i.state <> 'Ended' AND i.changed_at > now() - interval '30 seconds'
    GROUP BY i.id
    ORDER BY i.id
"""


def running_instances() -> list[InstanceValues]:
    """Every instance that is Active or Paused, and those that stopped a moment ago, of all operators. Of one that has
    ended with its last limited pot nothing more is told (POT-08)."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING)
        return [_values(row) for row in cursor.fetchall()]


def _values(row: tuple[object, ...]) -> InstanceValues:
    (id_, operator, name, state, kind, currency, sources, starts, ends, changed, brands, codes, progressive, values) = (
        row
    )
    pots = zip(codes, progressive, values, strict=True)  # type: ignore[call-overload]
    return InstanceValues(
        id=str(id_),
        operator_id=str(operator),
        name=str(name),
        status=str(state),
        jackpot_type=str(kind),
        currency=str(currency),
        allowed_brands=tuple(brands),  # type: ignore[arg-type]
        allowed_sources=tuple(sources),  # type: ignore[arg-type]
        pots=tuple(PotValue(code, is_progressive, value) for code, is_progressive, value in pots),
        starts_at=starts,  # type: ignore[arg-type]
        ends_at=ends,  # type: ignore[arg-type]
        changed_at=changed,  # type: ignore[arg-type]
    )
