"""Set a dead letter aside: somebody looked, and nothing will be done with it."""

from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import DeadLetter
from integrations.queries.integrations import brands_of


def set_aside_dead_letter(dead_letter_id: int, *, reason: str, scope: Scope, actor: Actor, now: datetime) -> DeadLetter:
    """It keeps its bytes and can still be replayed. Refusal(NOT_FOUND) out of scope, FORBIDDEN where its integration
    serves brands that are not the viewer's, INVALID_REQUEST where it does not wait."""
    with transaction.atomic():
        letter = scope.rows(DeadLetter.objects.select_for_update()).filter(pk=dead_letter_id).first()
        if letter is None:
            raise Refusal("NOT_FOUND", "There is no such dead letter.")
        scope.check_change_of(brands_of(letter.integration))
        if letter.state != "waiting":
            raise Refusal("INVALID_REQUEST", "It does not wait any more.")
        if not reason.strip():
            raise Refusal("INVALID_REQUEST", "Give a reason.", "reason")
        letter.state = "set_aside"
        letter.changed_at = now
        letter.changed_by = actor.name
        letter.save(update_fields=["state", "changed_at", "changed_by"])
        subject = Subject(
            "dead_letter", str(letter.pk), f"{letter.reason} {letter.topic} {letter.offset[:12]}", letter.operator_id
        )
        record(
            actor,
            "dead_letter.set_aside",
            subject,
            at=now,
            before={"state": "waiting"},
            after={"state": "set_aside"},
            reason=reason,
        )
    return letter
