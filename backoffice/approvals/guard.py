"""Triggers that let a row pass only where two people have agreed to it."""

from typing import NamedTuple

import pgtrigger

from backoffice.core import guards

_GUARD = """
    IF NOT EXISTS (
        SELECT 1 FROM approvals_approval a WHERE a.id = NEW.approval_id AND a.operator_id = NEW.operator_id
        AND a.kind = {kind} AND a.object_id = {object_id} AND a.state = 'approved'
        AND a.decided_by_id <> a.requested_by_id{more}
    ) THEN
        RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Agreement(NamedTuple):
    """What was agreed to: an approved request of `kind` for the object, and what is said where there is none.

    All but the message are SQL over NEW and OLD; a kind that is no expression is taken as its name. `more` is a further
    condition on the approval `a`; `unless` one under which nobody need agree.
    """

    kind: str
    message: str
    object_id: str = "NEW.id::text"
    more: str = ""
    unless: str = ""


def two_people(
    name: str,
    agreement: Agreement,
    *,
    operation: pgtrigger.core.Operation | None = None,
    condition: pgtrigger.Condition | None = None,
) -> pgtrigger.Trigger:
    """Refuses the row unless its `approval` is the agreement, decided by somebody else than who asked for it."""
    body = _GUARD.format(
        kind=agreement.kind if "NEW." in agreement.kind else f"'{agreement.kind}'",
        object_id=agreement.object_id,
        message=agreement.message,
        more=f" AND {agreement.more}" if agreement.more else "",
    )
    if agreement.unless:
        body = f"\n    IF {agreement.unless} THEN\n        RETURN NEW;\n    END IF;{body}"
    return guards.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation or pgtrigger.Insert | pgtrigger.Update,
        condition=condition,
        func=body,
    )
