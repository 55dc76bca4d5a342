"""The next dead letter of a piece of work: it and the count of it in one transaction, so that none is done twice."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from backoffice.accounts.rights import has_right
from backoffice.accounts.viewer import scope_of
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from integrations.models import LetterWork, WorkState
from integrations.operations.replay_dead_letter import replay_dead_letter
from integrations.operations.set_aside_dead_letter import set_aside_dead_letter

RIGHT: Final = "dead_letters.replay"

log = structlog.get_logger(__name__)


def continue_letter_work(work_id: UUID, *, now: datetime) -> bool:
    """Whether there is more to do. Whoever asked must still have the right; else the work is cancelled."""
    with transaction.atomic():
        work = LetterWork.objects.select_for_update(of=("self",)).select_related("requested_by").get(pk=work_id)
        if work.state != WorkState.RUNNING:
            return False
        if not has_right(work.requested_by, RIGHT):
            _finish(work, WorkState.CANCELLED, now)
            return False
        if work.done_count < work.total:
            code = _done(work, work.letters[work.done_count], now)
            work.results[code] = work.results.get(code, 0) + 1
            work.done_count += 1
            work.worked_at = now
            work.save(update_fields=["results", "done_count", "worked_at"])
        if work.done_count >= work.total:
            _finish(work, WorkState.DONE, now)
            return False
    return True


def _done(work: LetterWork, letter_id: int, now: datetime) -> str:
    """The code of what became of it; a letter that cannot be treated stops none of the others."""
    person = work.requested_by
    scope, actor = scope_of(person), Actor.staff(person)
    try:
        with transaction.atomic():
            if work.act == "set_aside":
                set_aside_dead_letter(letter_id, reason=work.reason, scope=scope, actor=actor, now=now)
                return "SET_ASIDE"
            _, outcome = replay_dead_letter(letter_id, scope=scope, actor=actor, now=now, through=work.through)
    except Refusal as refusal:
        return refusal.message
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("dead_letter_not_replayed", letter=letter_id)
        return f"failed: {type(error).__name__}"
    return f"still {outcome.code}" if outcome.bucket == "dead" else outcome.code


def _finish(work: LetterWork, state: WorkState, now: datetime) -> None:
    work.state, work.finished_at = state, now
    work.save(update_fields=["state", "finished_at"])
    subject = Subject("letter_work", str(work.pk), str(work), work.operator_id)
    after: dict[str, object] = {"state": state.value, "done": work.done_count, "results": work.results}
    record(Actor.staff(work.requested_by), f"dead_letters.work_{state.value}", subject, at=now, after=after)
