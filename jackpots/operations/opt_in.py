"""Opt a player in to an instance, or out of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from backoffice.core import json
from backoffice.core.errors import Refusal
from backoffice.core.ids import derived_id
from backoffice.events.publish import Fact, publish
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope
from jackpots.models import Instance, OptIn, OptInChange
from jackpots.operations.hold_gate import share_gate
from jackpots.queries.instances import facts_of, instance
from jackpots.queries.opt_ins import OptInDetails, opt_in_details
from jackpots.queries.templates import published_terms
from jackpots.rules.amounts import choice_fault
from jackpots.rules.eligibility import Attempt, opt_in_refusal
from jackpots.wire.opt_in import OptInFacts, opt_in_event
from jackpots.wire.thrillpots import OPT_IN, JoinedFacts, opted_in_event


@dataclass(frozen=True, kw_only=True)
class OptInRequest:
    """A player goes in (`opt_in`) or out. `brand_id` is the pair `operator:brand`; the country is as it was sent.

    `preferred_micros` is what the player prefers to contribute from now on, in `currency`; None is the default.
    Without a currency it is the one the player last played in, else the jackpot's.
    """

    operator_id: str
    instance_id: UUID
    brand_id: str
    player_id: str
    player_country: str
    opt_in: bool
    preferred_micros: int | None = None
    currency: str | None = None


def opt_in(request: OptInRequest, *, now: datetime) -> OptInDetails:
    """Store where the player stands, and tell it where that has changed; the same request again changes nothing.

    It is judged with the instance's gate shared, so that no state changes meanwhile.
    Refusal: UNSUPPORTED_BRAND for an unknown brand and for one the jackpot is not open to, NOT_FOUND for an unknown
    instance, SOURCE_JACKPOTS_NOT_ALLOWED for the country, CONTRIBUTION_REJECTED for a state that takes no opt-ins,
    INVALID_REQUEST for a value that the jackpot does not allow, OPTIN_ERROR where the row could not be written.
    """
    if not Brand.objects.filter(pk=request.brand_id, operator_id=request.operator_id, is_active=True).exists():
        raise Refusal("UNSUPPORTED_BRAND", f"{request.brand_id}: this brand is not supported", "brand_id")
    try:
        with transaction.atomic():
            share_gate([request.instance_id])
            row = instance(Scope(request.operator_id), request.instance_id)
            refused = opt_in_refusal(
                facts_of(row), Attempt(request.brand_id, request.player_country), now, opting_in=request.opt_in
            )
            if refused is not None:
                raise refused
            return _stored(request, row, now)
    except DatabaseError as error:
        raise Refusal("OPTIN_ERROR", f"{request.player_id}: the opt-in could not be stored") from error


def _stored(request: OptInRequest, jackpot: Instance, now: datetime) -> OptInDetails:
    key: dict[str, Any] = {
        "operator_id": request.operator_id,
        "instance_id": request.instance_id,
        "brand_id": request.brand_id,
        "player_id": request.player_id,
    }
    OptIn.objects.bulk_create([OptIn(**key, changed_at=now)], ignore_conflicts=True)
    row = OptIn.objects.select_for_update(of=("self",)).get(**key)
    preferred = _preferred(request, row, jackpot)
    has_turned = row.opted_in != request.opt_in
    if has_turned or preferred != (row.preferred_contribution_micros, row.currency):
        row.opted_in = request.opt_in
        row.player_country = request.player_country
        row.preferred_contribution_micros, row.currency = preferred
        row.opted_at = now if request.opt_in and has_turned else row.opted_at
        row.changed_at = now
        row.save(
            update_fields=[
                "opted_in", "player_country", "preferred_contribution_micros", "currency", "opted_at", "changed_at"
            ]
        )  # fmt: skip
        if has_turned:
            change = OptInChange.objects.create(**key, opted_in=request.opt_in, changed_at=now)
            facts = [_fact(row, derived_id("OptInEvent", str(change.pk)))]
            publish([*facts, _joined(row, jackpot, change)] if row.opted_in else facts)
        else:
            publish([_fact(row, derived_id("OptInEvent", "preferred", str(row.pk), now.isoformat()))])
    return opt_in_details(**key)


def _preferred(request: OptInRequest, row: OptIn, jackpot: Instance) -> tuple[int | None, str]:
    """What is preferred from now on, and the currency the player plays in. Leaving changes neither."""
    if not request.opt_in and request.preferred_micros is None:
        return row.preferred_contribution_micros, row.currency
    currency = request.currency or row.currency or (jackpot.currency if request.preferred_micros is not None else "")
    if request.preferred_micros is not None:
        fault = choice_fault(published_terms(jackpot.template_id), currency, request.preferred_micros)
        if fault is not None:
            raise Refusal("INVALID_REQUEST", f"{fault[0].upper()}{fault[1:]}.", "contribution_value")
    return request.preferred_micros, currency


def _fact(row: OptIn, event_id: UUID) -> Fact:
    facts = OptInFacts(
        instance_id=str(row.instance_id),
        player_id=row.player_id,
        brand_id=row.brand_id,
        opted_in=row.opted_in,
        preferred_contribution_micros=row.preferred_contribution_micros,
        contribution_count=row.contribution_count,
        contribution_micros=row.contribution_micros,
        changed_at=row.changed_at,
    )
    return Fact(
        event_id=event_id,
        kind="OptInEvent",
        operator_id=row.operator_id,
        brand_id=row.brand_id,
        object_id=str(row.instance_id),
        payload=json.encode(opt_in_event(facts)),
        occurred_at=row.changed_at,
    )


def _joined(row: OptIn, jackpot: Instance, change: OptInChange) -> Fact:
    """What campaigns are told of who went in."""
    facts = JoinedFacts(
        jackpot_id=str(jackpot.template.lineage_id),
        brand_id=row.brand_id,
        player_id=row.player_id,
        currency=row.currency or jackpot.currency,
        preferred_micros=row.preferred_contribution_micros,
    )
    return Fact(
        event_id=derived_id(OPT_IN, str(change.pk)),
        kind=OPT_IN,
        operator_id=row.operator_id,
        brand_id=row.brand_id,
        object_id=str(row.instance_id),
        payload=json.encode(opted_in_event(facts)),
        occurred_at=row.changed_at,
    )
