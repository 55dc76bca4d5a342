"""Withhold a win that is owed."""

from datetime import datetime
from uuid import UUID

from backoffice.audit.record import Actor
from backoffice.core.errors import Refusal
from backoffice.tenancy.scope import Scope
from jackpots.models import Win, WinState
from jackpots.operations.change_win import change_win, locked_win, move
from jackpots.operations.post_transfer import AccountKind, AccountRef, TransferKind
from jackpots.queries.ledger import count_of_subject


def withhold_win(win_id: UUID, *, reason: str, scope: Scope, actor: Actor, now: datetime) -> Win:
    """Payable → Withheld; nothing is paid until a second person releases it.

    Refusal(NOT_FOUND) outside the scope, Refusal(INVALID_REQUEST) for a win that is not owed or without a reason.
    """
    if not reason.strip():
        raise Refusal("INVALID_REQUEST", "Say why it is withheld.", "reason")
    with locked_win(scope, win_id) as win:
        if win.state != WinState.OWED:
            raise Refusal("INVALID_REQUEST", f"The win is {win.get_state_display().lower()}, not owed.")
        win.approval = None
        # A win can be released and withheld again; each time is a transfer of its own.
        key = f"{win.pk}#{count_of_subject(win.pk, TransferKind.WITHHOLDING)}"
        accounts = AccountRef(AccountKind.PAYABLE), AccountRef(AccountKind.WITHHELD)
        move(win, TransferKind.WITHHOLDING, key=key, accounts=accounts, reason=reason, now=now)
        change_win(win, WinState.WITHHELD, actor=actor, reason=reason, now=now)
    return win
