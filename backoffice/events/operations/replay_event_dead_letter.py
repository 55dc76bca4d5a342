"""Hand a dead letter's event to its subscriber once more."""

import traceback
from datetime import datetime

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.events.models import EventDeadLetter
from backoffice.events.operations.relay_events import ERROR_CHARACTERS
from backoffice.events.subscribers import handler_of
from backoffice.tenancy.scope import Scope


def replay_event_dead_letter(dead_letter_id: int, *, scope: Scope, actor: Actor, now: datetime) -> EventDeadLetter:
    """Replay a waiting dead letter; its effects, its state and the audit entry are committed together.

    Where the handler fails again, nothing of its work stays and the letter keeps waiting with the new error: look at
    `state`. Refusal(NOT_FOUND) outside the scope, FORBIDDEN to who is limited to brands,
    INVALID_REQUEST where it was settled already or where nobody handles its kind any more.
    """
    with transaction.atomic():
        letter = _locked(dead_letter_id, scope)
        handler = handler_of(letter.subscriber, letter.event.kind)
        if handler is None:
            raise Refusal("INVALID_REQUEST", f"Nobody named {letter.subscriber} handles {letter.event.kind} any more.")
        letter.attempts += 1
        try:
            with transaction.atomic():
                handler(letter.event)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept with the letter
            letter.error = "".join(traceback.format_exception_only(error)).strip()[:ERROR_CHARACTERS]
            letter.last_failed_at = now
        else:
            letter.state = "replayed"
            letter.settled_by = actor.name
        letter.save(update_fields=["attempts", "error", "last_failed_at", "state", "settled_by"])
        subject = Subject("event_dead_letter", str(letter.pk), str(letter), letter.operator_id)
        action = "event_dead_letter.replayed" if letter.state == "replayed" else "event_dead_letter.replay_failed"
        record(actor, action, subject, at=now, before={"state": "waiting"}, after={"state": letter.state})
    return letter


def _locked(dead_letter_id: int, scope: Scope) -> EventDeadLetter:
    letters = EventDeadLetter.objects.select_for_update(of=["self"]).select_related("event").order_by("pk")
    letter = scope.rows(letters).filter(pk=dead_letter_id).first()
    if letter is None:
        raise Refusal("NOT_FOUND", "There is no such dead letter.")
    scope.check_change(None)
    if letter.state != "waiting":
        raise Refusal("INVALID_REQUEST", f"It is {letter.state.replace('_', ' ')} already.")
    return letter
