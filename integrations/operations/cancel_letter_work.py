"""Stop a piece of work where it stands; what was done stays done."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import LetterWork, WorkState
from integrations.queries.letter_works import check_stoppable


def cancel_letter_work(work_id: UUID, *, scope: Scope, actor: Actor, now: datetime) -> LetterWork:
    """The work as it stands then.

    Refusal(NOT_FOUND) out of scope, FORBIDDEN where somebody else asked for it and the viewer is limited to brands,
    INVALID_REQUEST where it is over.
    """
    with transaction.atomic():
        work = scope.rows(LetterWork.objects.select_for_update()).filter(pk=work_id).first()
        if work is None:
            raise Refusal("NOT_FOUND", "There is no such work.")
        check_stoppable(work, scope, actor.id)
        if work.state != WorkState.RUNNING:
            raise Refusal("INVALID_REQUEST", "It is over already.")
        work.state, work.finished_at = WorkState.CANCELLED, now
        work.save(update_fields=["state", "finished_at"])
        subject = Subject("letter_work", str(work.pk), str(work), work.operator_id)
        after: dict[str, object] = {"state": work.state, "done": work.done_count}
        record(actor, "dead_letters.work_cancelled", subject, at=now, after=after)
    return work
