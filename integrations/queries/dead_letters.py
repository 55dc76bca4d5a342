"""Dead letters: lists, one of them, reasons."""

from uuid import UUID

from django.db.models import QuerySet

from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from integrations.models import DeadLetter, Integration
from integrations.queries.integrations import brands_of
from integrations.wire.raw import RawMessage


def dead_letters(scope: Scope) -> QuerySet[DeadLetter]:
    """The dead letters in scope, newest first, without their bytes."""
    return scope.rows(DeadLetter.objects.select_related("integration")).defer("raw")


def changeable(rows: QuerySet[DeadLetter], scope: Scope) -> QuerySet[DeadLetter]:
    """Those that the viewer may replay or set aside: of integrations that serve the viewer's brands only."""
    if not scope.is_limited:
        return rows
    own = [row.pk for row in scope.rows(Integration.objects.all()) if scope.may_change(brands_of(row))]
    return rows.filter(integration_id__in=own)


def dead_letter(scope: Scope, key: int) -> DeadLetter:
    """One dead letter with its bytes; Refusal(NOT_FOUND) outside the scope."""
    found = scope.rows(DeadLetter.objects.select_related("integration")).filter(pk=key).first()
    if found is None:
        raise Refusal("NOT_FOUND", "There is no such dead letter.")
    return found


def message_of(letter: DeadLetter) -> RawMessage:
    """The message as its feed handed it over."""
    headers = dict(letter.headers)
    return RawMessage(
        body=bytes(letter.raw),
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        type=headers.pop("type", None),
        headers=headers,
        key=letter.key,
        sent_at_ms=letter.sent_at_ms,
        is_positioned=letter.is_positioned,
        is_ours=letter.integration is not None and letter.integration.transport == "redis_stream",
    )


def reasons_and_topics(scope: Scope) -> tuple[list[str], list[str]]:
    """Every reason that waits, is set aside or was replayed in scope, and every topic or queue they came from."""
    pairs = set(scope.rows(DeadLetter.objects.all()).order_by().values_list("reason", "topic").distinct())
    return sorted({reason for reason, _ in pairs}), sorted({topic for _, topic in pairs})


def waiting_count(scope: Scope, integration_id: UUID | None = None) -> int:
    """How many wait, of one integration or of all."""
    rows = scope.rows(DeadLetter.objects.filter(state="waiting"))
    return rows.filter(integration_id=integration_id).count() if integration_id else rows.count()
