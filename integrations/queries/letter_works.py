"""Work on many dead letters: what runs, what is shown."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import LetterWork, WorkState


def letter_works(scope: Scope) -> QuerySet[LetterWork]:
    """The work in scope, newest first, without its letters."""
    return scope.rows(LetterWork.objects.select_related("requested_by")).defer("letters").order_by("-requested_at")


def letter_work(scope: Scope, key: UUID) -> LetterWork:
    """One of it; Refusal(NOT_FOUND) outside the scope."""
    found = letter_works(scope).filter(pk=key).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such work.")
    return found


def check_stoppable(work: LetterWork, scope: Scope, person_id: str) -> None:
    """Refusal(FORBIDDEN) where it may be of brands that are not the viewer's: somebody else's work, and a limit."""
    if scope.is_limited and str(work.requested_by_id) != person_id:
        raise Refusal("FORBIDDEN", "Somebody who is limited to brands stops only what they asked for.")


def running_letter_works() -> list[UUID]:
    """Ids of all work that is not over, the oldest first."""
    rows = LetterWork.objects.filter(state=WorkState.RUNNING).order_by("requested_at")
    return list(rows.values_list("pk", flat=True))
