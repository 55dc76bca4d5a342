"""What the gateway shows of instances, players and wins, in the shapes of the wire."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand, Operator
from backoffice.tenancy.scope import Scope
from jackpots.models import Credit, Instance, Source, Win, WinState
from jackpots.queries.credits import community_of_wins, payout_record
from jackpots.queries.opt_ins import OptInDetails, opt_in_details
from jackpots.queries.templates import published_terms
from jackpots.rules.states import effective_state
from jackpots.wire.contribution import unsupported_brand
from jackpots.wire.jackpot_update import InstanceValues, PotValue
from jackpots.wire.opt_in import OptInFacts
from jackpots.wire.payout import PayoutRecord
from jackpots.wire.win_event import MASKED, WinFacts


def check_brand(scope: Scope, brand_id: str) -> None:
    """Refusal(UNSUPPORTED_BRAND) for a brand that is foreign, unknown or switched off, in the same words."""
    if not scope.sees_brand(brand_id) or not Brand.objects.filter(pk=brand_id, is_active=True).exists():
        raise unsupported_brand(brand_id)


def check_owner(scope: Scope, owner_id: str) -> None:
    """Refusal(NOT_FOUND) for an operator or a brand that is foreign or unknown, in the same words."""
    operator_id, colon, _ = owner_id.partition(":")
    is_known = scope.sees_operator(operator_id)
    if colon:
        is_known = is_known and scope.sees_brand(owner_id) and Brand.objects.filter(pk=owner_id).exists()
    if not is_known:
        raise Refusal("NOT_FOUND", "There is no such owner.", "owner_id")


def public_scope(owner_id: str) -> Scope:
    """What a stranger may read of an owner's; Refusal(NOT_FOUND) for one that is unknown or switched off."""
    operator_id, colon, _ = owner_id.partition(":")
    is_known = Operator.objects.filter(pk=operator_id, is_active=True).exists()
    if colon:
        is_known = is_known and Brand.objects.filter(pk=owner_id, operator_id=operator_id, is_active=True).exists()
    if not is_known:
        raise Refusal("NOT_FOUND", "There is no such owner.", "owner_id")
    return Scope(operator_id)


def values_of(instance: Instance, now: datetime) -> InstanceValues:
    """An instance as JackpotUpdate shows it at `now`; no brand named = all of the owner's."""
    progressive = {pot.code: pot.is_progressive for pot in instance.template.pots.all()}
    pots = list(instance.pots.all())
    return InstanceValues(
        id=str(instance.pk),
        operator_id=instance.operator_id,
        name=instance.name,
        status=effective_state(instance.state, instance.starts_at, instance.ends_at, now).value,
        jackpot_type=instance.jackpot_type,
        currency=instance.currency,
        allowed_brands=_brands_of(instance),
        allowed_sources=tuple(instance.allowed_sources),
        pots=tuple(PotValue(pot.code, progressive[pot.code], pot.value_micros) for pot in pots),
        starts_at=instance.starts_at,
        ends_at=instance.ends_at,
        changed_at=max([instance.changed_at, *(pot.changed_at for pot in pots)]),
    )


def _brands_of(instance: Instance) -> tuple[str, ...]:
    named = tuple(link.brand_id for link in instance.allowed_brands.all())
    if named:
        return named
    if instance.brand_id is not None:
        return (instance.brand_id,)
    return tuple(Brand.objects.filter(operator_id=instance.operator_id).order_by("id").values_list("id", flat=True))


def opt_in_of(instance: Instance, *, brand_id: str, player_id: str) -> OptInFacts:
    """Where a player stands; whoever was never heard of has not opted in."""
    found = opt_in_details(
        operator_id=instance.operator_id, instance_id=instance.pk, brand_id=brand_id, player_id=player_id
    )
    return opt_in_facts(found)


def opt_in_facts(details: OptInDetails) -> OptInFacts:
    """A player's standing as the wire shows it."""
    return OptInFacts(
        instance_id=str(details.instance_id),
        player_id=details.player_id,
        brand_id=details.brand_id,
        opted_in=details.opted_in,
        preferred_contribution_micros=details.preferred_contribution_micros,
        contribution_count=details.contribution_count,
        contribution_micros=details.contribution_micros,
        changed_at=details.last_updated,
    )


def wins_facts(wins: Sequence[Win], instance: Instance, scope: Scope) -> list[WinFacts]:
    """Wins of the instance as the wire shows them; players of brands that the viewer does not see have no name."""
    shared = community_of_wins([win.pk for win in wins])
    return [_win_facts(win, instance, scope, shared.get(win.pk)) for win in wins]


def _win_facts(win: Win, instance: Instance, scope: Scope, shared: list[Credit] | None) -> WinFacts:
    is_shared = shared is not None or bool(published_terms(win.contribution.template_id).strategies)
    return WinFacts(
        brand_id=win.brand_id,
        player_id=win.player_id if scope.sees_brand(win.brand_id) else MASKED,
        source_id=win.source_id,
        instance_id=str(instance.pk),
        jackpot_name=instance.name,
        jackpot_currency=instance.currency,
        won_at=win.won_at,
        pot_id=win.pot.code,
        value_micros=win.value_micros,
        seed_micros=win.seed_micros,
        seed_deficit_micros=win.seed_deficit_micros,
        is_withheld=win.state == WinState.WITHHELD,
        base_currency=instance.operator.base_currency,
        multipliers={code: Decimal(str(value)) for code, value in win.multipliers.items()},
        games=tuple(instance.games),
        metadata=win.contribution.metadata if scope.sees_brand(win.brand_id) else None,
        community_winners=tuple(_masked(credit, scope) for credit in shared or ()) if is_shared else None,
    )


def _masked(credit: Credit, scope: Scope) -> PayoutRecord:
    record = payout_record(credit)
    return record if scope.sees_brand(credit.brand_id) else replace(record, player_id=MASKED)


def source_bodies(rows: Iterable[Source]) -> list[dict[str, object]]:
    """Sources as SRC-03 and SRC-04 have them, with plain integers for priorities."""
    return [
        {
            "owner_id": row.brand_id or row.operator_id,
            "source_name": row.name,
            "source_id": row.source_id,
            "jackpots": [
                {
                    "priority": mapping.priority,
                    "owner_id": mapping.instance.brand_id or mapping.instance.operator_id,
                    "instance_id": mapping.instance_id,
                }
                for mapping in row.mappings.all()
            ],
        }
        for row in rows
    ]
