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
from jackpots.models import OptIn, OptInChange
from jackpots.queries.instances import facts_of, instance
from jackpots.queries.opt_ins import OptInDetails, opt_in_details
from jackpots.rules.eligibility import Attempt, opt_in_refusal
from jackpots.wire.opt_in import OptInFacts, opt_in_event


@dataclass(frozen=True, kw_only=True)
class OptInRequest:
    """A player goes in (`opt_in`) or out. `brand_id` is the pair `operator:brand`; the country is as it was sent."""

    operator_id: str
    instance_id: UUID
    brand_id: str
    player_id: str
    player_country: str
    opt_in: bool


def opt_in(request: OptInRequest, *, now: datetime) -> OptInDetails:
    """Store where the player stands, and tell it where that has changed; the same request again changes nothing.

    Refusal: UNSUPPORTED_BRAND for an unknown brand and for one the jackpot is not open to, NOT_FOUND for an unknown
    instance, SOURCE_JACKPOTS_NOT_ALLOWED for the country, CONTRIBUTION_REJECTED for a state that takes no opt-ins,
    OPTIN_ERROR where the row could not be written.
    """
    if not Brand.objects.filter(pk=request.brand_id, operator_id=request.operator_id, is_active=True).exists():
        raise Refusal("UNSUPPORTED_BRAND", f"{request.brand_id}: this brand is not supported", "brand_id")
    facts = facts_of(instance(Scope(request.operator_id), request.instance_id))
    attempt = Attempt(request.brand_id, request.player_country)
    refused = opt_in_refusal(facts, attempt, now, opting_in=request.opt_in)
    if refused is not None:
        raise refused
    try:
        with transaction.atomic():
            return _stored(request, now)
    except DatabaseError as error:
        raise Refusal("OPTIN_ERROR", f"{request.player_id}: the opt-in could not be stored") from error


def _stored(request: OptInRequest, now: datetime) -> OptInDetails:
    key: dict[str, Any] = {
        "operator_id": request.operator_id,
        "instance_id": request.instance_id,
        "brand_id": request.brand_id,
        "player_id": request.player_id,
    }
    OptIn.objects.bulk_create([OptIn(**key, changed_at=now)], ignore_conflicts=True)
    row = OptIn.objects.select_for_update(of=("self",)).get(**key)
    if row.opted_in != request.opt_in:
        row.opted_in = request.opt_in
        row.player_country = request.player_country
        row.opted_at = now if request.opt_in else row.opted_at
        row.changed_at = now
        row.save(update_fields=["opted_in", "player_country", "opted_at", "changed_at"])
        change = OptInChange.objects.create(**key, opted_in=request.opt_in, changed_at=now)
        publish([_fact(change, row)])
    return opt_in_details(**key)


def _fact(change: OptInChange, row: OptIn) -> Fact:
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
        event_id=derived_id("OptInEvent", str(change.pk)),
        kind="OptInEvent",
        operator_id=row.operator_id,
        brand_id=row.brand_id,
        object_id=str(row.instance_id),
        payload=json.encode(opt_in_event(facts)),
        occurred_at=change.changed_at,
    )
