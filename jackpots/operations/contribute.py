"""Contribute: the one way in which pots grow and are won."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.db import DataError, Error, InterfaceError, OperationalError, connection, transaction

from backoffice.core.errors import Refusal
from jackpots.operations.contributing.batch import Answer, Batch, Claim
from jackpots.operations.contributing.claim import claim_of, current_version, gates_of, hold
from jackpots.operations.contributing.judge import Judge
from jackpots.operations.contributing.settle import lock_pots, settle
from jackpots.operations.contributing.write import PotsMoved, write
from jackpots.queries.contribution_config import config_at, forget_config, kept_config
from jackpots.rules.contribution import ContributionRequest, ContributionResult

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 4
_AGAIN: Final = frozenset(("40001", "40P01", "55P03"))  # serialization failure, deadlock, lock not available
_UNIQUE: Final = "23505"


class ConfigMoved(Exception):
    """A source was mapped to an instance whose gate is not held; the batch begins again."""


def contribute(requests: Sequence[ContributionRequest], *, now: datetime) -> list[Answer]:
    """Contribute a batch of one operator, in the order given; the answers stand in the same order.

    One transaction for all; inside a caller's transaction it is a savepoint of that. A request that was accepted
    before gets its stored answer (`is_replay`). Refusals store nothing but a count. A request that no row can hold is
    refused with INVALID_REQUEST and leaves the others alone.
    ValueError for requests of several operators. DatabaseError once every attempt has failed: nothing is stored then,
    or what is stored is answered when the same request comes again.
    """
    if not requests:
        return []
    if len({request.operator_id for request in requests}) > 1:
        raise ValueError("a batch holds one operator")
    claims = [claim_of(request) for request in requests]
    try:
        return _attempts(claims, now)
    except DataError:
        if len(claims) == 1:
            return [Refusal("INVALID_REQUEST", "The contribution holds a value that cannot be stored.")]
    # One request that cannot be stored spoils its batch; so each goes by itself.
    return [answer for request in requests for answer in contribute([request], now=now)]


class _Progress:
    """How far an attempt came: whether only the COMMIT remained, and which requests were replays before it."""

    def __init__(self) -> None:
        self.committing = False
        self.replays: frozenset[UUID] | None = None


def _attempts(claims: list[Claim], now: datetime) -> list[Answer]:
    is_outermost = not connection.in_atomic_block
    progress = _Progress()
    with_gamerounds = False
    for attempt in range(ATTEMPTS):
        is_last = attempt == ATTEMPTS - 1
        progress.committing = False
        try:
            with transaction.atomic():
                answers = _attempt(claims, now, with_gamerounds=with_gamerounds)
                progress.committing = True
            return _as_first_answered(answers, progress)
        except (ConfigMoved, PotsMoved) as error:
            if is_last:
                raise
            if isinstance(error, ConfigMoved):
                # What was read in the transaction that is rolled back was not kept; nor may the old one be.
                forget_config(claims[0].request.operator_id)
        except (OperationalError, InterfaceError) as error:
            if is_last or not _may_repeat(error, is_outermost=is_outermost):
                raise
            _remember(progress, answers if progress.committing else None)
            log.warning("contributions_repeated", attempt=attempt, was_committing=progress.committing, error=str(error))
            time.sleep(0.01 * 2**attempt)
        except Error as error:
            if is_last or _state(error) != _UNIQUE:
                raise
            # Some game round is taken under another target. Who has it is looked up, with the lock held.
            with_gamerounds = True
    raise AssertionError("the last attempt returns or raises")


def _attempt(claims: list[Claim], now: datetime, *, with_gamerounds: bool) -> list[Answer]:
    requests = [claim.request for claim in claims]
    operator_id = requests[0].operator_id
    config = kept_config(operator_id) or config_at(operator_id, current_version(operator_id))
    gates = gates_of(requests, config)
    claimed = hold(operator_id, claims, gates, with_gamerounds=with_gamerounds)
    config = config_at(operator_id, claimed.version)
    if not gates_of(requests, config) <= gates:
        raise ConfigMoved
    batch = Batch(operator_id, now, claims, [None] * len(claims), config=config)
    judge = Judge(batch, config, claimed)
    judge.judge()
    # The wallet's reservation stands here: rows for what a player pays, and the rest of this in a transaction of its
    # own once the debits are answered. Nothing that is operator-funded waits for it.
    if batch.accepted:
        lock_pots(batch)
        settle(batch)
        _answer(batch, judge)
    write(batch)
    return [_given(answer) for answer in batch.answers]


def _answer(batch: Batch, judge: Judge) -> None:
    repeats = judge.repeats()
    for accepted in batch.accepted:
        request, win = accepted.claim.request, accepted.settled.win
        result = ContributionResult(
            contribution_id=accepted.claim.contribution_id,
            contribution_micros=accepted.terms.contribution_micros,
            contribution_currency=request.currency,
            gameround_id=request.gameround_id,
            instance_id=accepted.instance.id,
            metadata=request.metadata,
            accepted_at=batch.now,
            win_micros=win.payout.pay_micros if win else 0,
            win_pot_id=win.code if win else None,
            rate=accepted.terms.rate,
        )
        batch.answers[accepted.place] = result
        for place in repeats.get(accepted.claim.key, ()):
            batch.answers[place] = msgspec.structs.replace(result, is_replay=True)


def _given(answer: Answer | None) -> Answer:
    if answer is None:
        raise RuntimeError("every request of a batch is answered")
    return answer


def _may_repeat(error: Error, *, is_outermost: bool) -> bool:
    """Whether the whole transaction may be tried again: after a lost race, or over a new connection.

    A COMMIT whose outcome is unknown is not repeated blindly: the next attempt waits for the claims that the old one
    may still hold, and then finds what it stored.
    """
    if _state(error) in _AGAIN:
        return True
    if not is_outermost:
        return False
    connection.close()
    return True


def _remember(progress: _Progress, answers: list[Answer] | None) -> None:
    if answers is not None and progress.replays is None:
        progress.replays = _replays(answers)


def _replays(answers: list[Answer]) -> frozenset[UUID]:
    return frozenset(
        answer.contribution_id for answer in answers if isinstance(answer, ContributionResult) and answer.is_replay
    )


def _as_first_answered(answers: list[Answer], progress: _Progress) -> list[Answer]:
    """What our own lost COMMIT had stored is no replay to who asked once."""
    if progress.replays is None:
        return answers
    replays = progress.replays
    return [
        msgspec.structs.replace(answer, is_replay=answer.contribution_id in replays)
        if isinstance(answer, ContributionResult)
        else answer
        for answer in answers
    ]


def _state(error: Error) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)
