"""Enable a kind of integration, or a feature that kinds need, for an operator, or switch it off."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.models import Operator
from integrations.kinds.features import FEATURES
from integrations.kinds.registry import kinds
from integrations.models import KindFlag


@dataclass(frozen=True)
class Switch:
    """Which kind or feature, for whom, and whether on."""

    operator_id: str
    kind: str
    is_enabled: bool


def set_kind_flag(switch: Switch, *, actor: Actor, now: datetime, reason: str = "") -> KindFlag:
    """The flag as it is now. What is connected already stays; a kind that is off takes no new integration."""
    kind = kinds().get(switch.kind) or FEATURES.get(switch.kind)
    operator = Operator.objects.filter(pk=switch.operator_id).first()
    if kind is None or operator is None:
        raise Refusal("NOT_FOUND", "There is no such kind, feature or operator.")
    with transaction.atomic():
        flag, _ = KindFlag.objects.select_for_update().get_or_create(
            operator=operator, kind=kind.slug, defaults={"is_enabled": False, "changed_at": now}
        )
        before = flag.is_enabled
        if before != switch.is_enabled:
            flag.is_enabled = switch.is_enabled
            flag.changed_at = now
            flag.save(update_fields=["is_enabled", "changed_at"])
            subject = Subject("kind", kind.slug, kind.title, operator.pk)
            action = "kind.enabled" if switch.is_enabled else "kind.disabled"
            record(
                actor,
                action,
                subject,
                at=now,
                before={"is_enabled": before},
                after={"is_enabled": switch.is_enabled},
                reason=reason,
            )
    return flag
