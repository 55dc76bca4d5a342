"""Take one event that a partner pushes: the path of every feed, with an answer at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db import transaction

from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Brand
from backoffice.tenancy.scope import Scope
from integrations.kinds.thrilldrops.decode import IDEMPOTENCY_KEY, ThrillDropsDecoder
from integrations.models import FeedPosition, FeedStatus, Integration, IntegrationState
from integrations.operations.apply_batch import Batch, apply_batch
from integrations.operations.own_feed import OwnedFeed
from integrations.queries.running import receiving_integration
from integrations.wire.decoded import Fault
from integrations.wire.outcomes import CONFLICT, DUPLICATE, Item, Outcome
from integrations.wire.raw import RawMessage, digest_of

KIND: Final = "thrilldrops"
TOPIC: Final = "http"


@dataclass(frozen=True)
class Received:
    """What became of the event: `accepted` now, a `duplicate` of one that was, or `refused` for what `code` says."""

    status: Literal["accepted", "duplicate", "refused"]
    code: str
    event: str


def receive_event(body: bytes, *, idempotency_key: str | None, scope: Scope, now: datetime) -> Received:
    """Give the event its effect and count it, or count it as a repeat. Nothing becomes a dead letter.

    Refusal: INVALID_REQUEST with the field at fault, UNSUPPORTED_BRAND for an unknown, foreign or inactive brand,
    FORBIDDEN where no integration takes the brand's events over HTTP, IDEMPOTENCY_CONFLICT where the identity came
    before with other content.
    """
    headers = {} if idempotency_key is None else {IDEMPOTENCY_KEY: idempotency_key}
    raw = RawMessage(body=body, topic=TOPIC, offset=digest_of(body, None).hex(), headers=headers)
    reading = ThrillDropsDecoder(_brands_of(scope)).decode(raw)
    if isinstance(reading, Fault):
        raise _refused(reading)
    message = reading.content
    integration = receiving_integration(scope.operator_id or "", KIND, message.brand_id)
    if integration is None:
        raise _nobody_takes(message.brand_id)
    outcome = _taken(integration, Item(raw, reading), now)
    if outcome.code == DUPLICATE:
        return Received("duplicate", outcome.code, message.event)
    return Received("accepted" if outcome.bucket == "used" else "refused", outcome.code, message.event)


def _taken(integration: Integration, item: Item, now: datetime) -> Outcome:
    """In one transaction; events of one integration are settled one after the other, whoever received them."""
    with transaction.atomic():
        position = _locked_position(integration, now)
        if not Integration.objects.filter(pk=integration.pk, state=IntegrationState.ACTIVE).exists():
            raise Refusal("FORBIDDEN", "The integration was disconnected.")
        owned = OwnedFeed(position.pk, integration.operator_id, integration.pk, TOPIC, position.owner_epoch)
        (outcome,) = apply_batch(owned, Batch(KIND, [item], now))
        if outcome.code == CONFLICT:
            # Nothing of it is counted: who sent it is told instead.
            raise _conflict(item.raw)
    return outcome


def _locked_position(integration: Integration, now: datetime) -> FeedPosition:
    """The integration's only position, made by its first event."""
    rows = FeedPosition.objects.select_for_update().order_by("pk")
    own = rows.filter(operator_id=integration.operator_id, integration=integration, topic=TOPIC, partition=0)
    position = own.first()
    if position is None:
        made = FeedPosition(
            operator_id=integration.operator_id,
            integration=integration,
            topic=TOPIC,
            status=FeedStatus.RUNNING,
            moved_at=now,
        )
        FeedPosition.objects.bulk_create([made], ignore_conflicts=True)
        position = own.get()
    return position


def _brands_of(scope: Scope) -> Collection[str]:
    brands = Brand.objects.filter(operator_id=scope.operator_id, is_active=True).values_list("pk", flat=True)
    return [brand_id for brand_id in brands if scope.sees_brand(brand_id)]


def _refused(fault: Fault) -> Refusal:
    if fault.code == "UNMAPPED_BRAND":
        return Refusal("UNSUPPORTED_BRAND", "This brand is not supported.", fault.field)
    return Refusal("INVALID_REQUEST", fault.detail, fault.field or None)


def _nobody_takes(brand_id: str) -> Refusal:
    return Refusal(
        "FORBIDDEN",
        f"No ThrillDrops integration takes events of {brand_id} over HTTP: connect one and have it approved.",
    )


def _conflict(raw: RawMessage) -> Refusal:
    field = IDEMPOTENCY_KEY if IDEMPOTENCY_KEY in raw.headers else None
    return Refusal("IDEMPOTENCY_CONFLICT", "An event of this identity came before with other content.", field)
