"""Decide that a dead letter's event is not to be handled."""

from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.events.models import EventDeadLetter
from backoffice.tenancy.scope import Scope


def set_aside_event_dead_letter(
    dead_letter_id: int, reason: str, *, scope: Scope, actor: Actor, now: datetime
) -> EventDeadLetter:
    """Set a waiting dead letter aside, for a reason.

    Refusal(NOT_FOUND) outside the scope, FORBIDDEN to who is limited to brands, INVALID_REQUEST without a reason or
    where it was settled already.
    """
    if not reason.strip():
        raise Refusal("INVALID_REQUEST", "Say why it is set aside.", "reason")
    with transaction.atomic():
        letters = scope.rows(EventDeadLetter.objects.select_for_update().order_by("pk"))
        letter = letters.filter(pk=dead_letter_id).first()
        if letter is None:
            raise Refusal("NOT_FOUND", "There is no such dead letter.")
        scope.check_change(None)
        if letter.state != "waiting":
            raise Refusal("INVALID_REQUEST", f"It is {letter.state.replace('_', ' ')} already.")
        letter.state = "set_aside"
        letter.settled_by = actor.name
        letter.save(update_fields=["state", "settled_by"])
        subject = Subject("event_dead_letter", str(letter.pk), str(letter), letter.operator_id)
        record(
            actor,
            "event_dead_letter.set_aside",
            subject,
            at=now,
            before={"state": "waiting"},
            after={"state": "set_aside"},
            reason=reason,
        )
    return letter
