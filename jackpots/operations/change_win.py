"""Move a win from one state to another, with its money."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backoffice.audit.record import Actor, Subject, record
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Win
from jackpots.operations.post_transfer import AccountRef, Posting, post_transfers, transfer_id


@contextmanager
def locked_win(scope: Scope, win_id: UUID | str) -> Iterator[Win]:
    """The win with its row locked, in a transaction. Refusal(NOT_FOUND) outside the scope."""
    with transaction.atomic():
        rows = scope.rows(Win.objects.select_for_update(of=("self",)), brand_field="brand_id")
        win = rows.select_related("instance", "pot").filter(pk=win_id).first()
        if win is None:
            raise Refusal("NOT_FOUND", "There is no such win.")
        scope.check_change(win.brand_id)
        yield win


def move(win: Win, kind: str, *, key: str, accounts: tuple[AccountRef, AccountRef], reason: str, now: datetime) -> None:
    """Post what the win costs from one account to the other; `key` makes the transfer this act's own."""
    source, destination = accounts
    posting = Posting(
        id=transfer_id(kind, key),
        operator_id=win.operator_id,
        instance_id=win.instance_id,
        kind=kind,
        currency=win.instance.currency,
        occurred_at=now,
        lines={source: -win.cost_micros, destination: win.cost_micros},
        reason=reason[:300],
        subject_id=win.pk,
    )
    post_transfers([posting])


def change_win(win: Win, to: str, *, actor: Actor, reason: str, now: datetime) -> None:
    """Save the row with its new state, and say so in the audit log. Refusal(INVALID_REQUEST) is the caller's."""
    before: dict[str, object] = {"state": win.state}
    win.state = to
    win.state_reason = reason[:300]
    win.changed_at = now
    win.save(update_fields=["state", "state_reason", "reference", "approval", "changed_at"])
    after: dict[str, object] = {"state": to, "reference": win.reference}
    record(actor, f"win.{to}", subject_of(win), at=now, before=before, after=after, reason=reason)


def subject_of(win: Win) -> Subject:
    """The win as the audit log names it."""
    name = f"{win.instance.name} {win.pot.code} #{win.cycle}"
    return Subject("win", str(win.pk), name, win.operator_id, win.brand_id)
