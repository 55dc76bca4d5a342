"""The five states of an instance, and what they allow. The state in the row may be behind the clock."""

from datetime import datetime
from enum import StrEnum


class InstanceState(StrEnum):
    """The states of an instance, in the spelling of the interface."""

    PENDING = "Pending"
    ACTIVE = "Active"
    PAUSED = "Paused"
    TERMINATED = "Terminated"
    ENDED = "Ended"


FINAL_STATES = frozenset((InstanceState.TERMINATED, InstanceState.ENDED))

TRANSITIONS: dict[InstanceState, frozenset[InstanceState]] = {
    InstanceState.PENDING: frozenset((InstanceState.ACTIVE, InstanceState.TERMINATED)),
    InstanceState.ACTIVE: frozenset((InstanceState.PAUSED, InstanceState.TERMINATED, InstanceState.ENDED)),
    InstanceState.PAUSED: frozenset((InstanceState.ACTIVE, InstanceState.TERMINATED, InstanceState.ENDED)),
    InstanceState.TERMINATED: frozenset(),
    InstanceState.ENDED: frozenset(),
}


def may_change(state: str, to: str) -> bool:
    """Whether the table allows the change. A state does not change to itself."""
    return InstanceState(to) in TRANSITIONS[InstanceState(state)]


def effective_state(state: str, starts_at: datetime | None, ends_at: datetime | None, now: datetime) -> InstanceState:
    """The state that holds at `now`: a start that has passed activates, an end that has passed terminates.

    The schedule is half-open: the first instant belongs to it, the last does not.
    """
    kept = InstanceState(state)
    if kept in FINAL_STATES:
        return kept
    if ends_at is not None and now >= ends_at:
        return InstanceState.TERMINATED
    if kept is InstanceState.PENDING and starts_at is not None and now >= starts_at:
        return InstanceState.ACTIVE
    return kept


def accepts_contributions(state: str) -> bool:
    """Only an active instance takes contributions."""
    return state == InstanceState.ACTIVE


def accepts_opt_ins(state: str) -> bool:
    """Opting in is possible while the jackpot can come back; a paused one keeps its players."""
    return state in (InstanceState.ACTIVE, InstanceState.PAUSED)


def is_final(state: str) -> bool:
    """Whether nothing can follow."""
    return state in FINAL_STATES
