"""Ask for many dead letters to be replayed or set aside, one after the other, by a worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from backoffice.accounts.models import StaffUser
from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import DeadLetter, Integration, IntegrationState, LetterWork
from integrations.queries.dead_letters import changeable

MOST_LETTERS: Final = 20_000


@dataclass(frozen=True)
class Wanted:
    """What to do with which letters (ids); `through` as replay_dead_letter takes it, `reason` as set_aside does."""

    act: Literal["replay", "set_aside"]
    letters: Sequence[int]
    through: UUID | None = None
    reason: str = ""


def request_letter_work(
    wanted: Wanted, *, requested_by: StaffUser, scope: Scope, actor: Actor, now: datetime
) -> LetterWork:
    """Store the work, oldest letter first; a worker takes it at once.

    Letters that are not the viewer's to change, or that the act does not fit, are left out. Refusal(INVALID_REQUEST)
    where none is left, where there are more than MOST_LETTERS, where a reason is missing or `through` is not connected;
    Refusal(FORBIDDEN) for who belongs to no operator.
    """
    if scope.operator_id is None:
        raise Refusal("FORBIDDEN", "The operator's own staff replay its messages.")
    if wanted.act == "set_aside" and not wanted.reason.strip():
        raise Refusal("INVALID_REQUEST", "Give a reason.", "reason")
    letters = _fitting(wanted, scope)
    if not letters:
        raise Refusal("INVALID_REQUEST", "None of these dead letters can be treated so any more.")
    if len(letters) > MOST_LETTERS:
        raise Refusal("INVALID_REQUEST", f"{len(letters):,} are more than {MOST_LETTERS:,} at once; filter them.")
    _check_through(wanted, scope)
    with transaction.atomic():
        work = LetterWork.objects.create(
            operator_id=scope.operator_id,
            act=wanted.act,
            letters=letters,
            total=len(letters),
            through=wanted.through,
            reason=wanted.reason.strip()[:500],
            requested_by=requested_by,
            requested_at=now,
        )
        subject = Subject("letter_work", str(work.pk), str(work), work.operator_id)
        after: dict[str, object] = {"act": work.act, "letters": work.total}
        record(actor, "dead_letters.work_requested", subject, at=now, after=after, reason=work.reason)
    return work


def _fitting(wanted: Wanted, scope: Scope) -> list[int]:
    rows = changeable(scope.rows(DeadLetter.objects.filter(pk__in=list(wanted.letters))), scope)
    rows = rows.exclude(state="replayed") if wanted.act == "replay" else rows.filter(state="waiting")
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _check_through(wanted: Wanted, scope: Scope) -> None:
    if wanted.through is None:
        return
    connected = scope.rows(Integration.objects.filter(pk=wanted.through, state=IntegrationState.ACTIVE))
    if not connected.exists():
        raise Refusal("INVALID_REQUEST", "The integration is not connected; choose one that is.", "through")
