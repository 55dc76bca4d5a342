"""Contribute: the one way in which pots grow and are won."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
import structlog
from django.db import DataError, Error, InterfaceError, OperationalError, connection, transaction

from backoffice.core.errors import Refusal
from jackpots.operations.contributing.again import passes_by_itself
from jackpots.operations.contributing.batch import Answer, Batch, Claim
from jackpots.operations.contributing.claim import claim_of, current_version, gates_of, hold
from jackpots.operations.contributing.journal import prepare
from jackpots.operations.contributing.judge import Judge
from jackpots.operations.contributing.links import Link, instances_of, links_of, raffles_fed
from jackpots.operations.contributing.settle import lock, lock_pots
from jackpots.operations.contributing.settle_and_write import settle_and_write
from jackpots.operations.contributing.tickets import RoundsDueError, hold_rounds
from jackpots.operations.contributing.write import PotsMovedError, write_alone
from jackpots.operations.draw_ended_rounds import draw_ended_rounds
from jackpots.queries.contribution_config import config_at, forget_config, kept_config
from jackpots.rules.contribution import ContributionRequest, ContributionResult

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 4
_UNIQUE: Final = "23505"


class ConfigMovedError(Exception):
    """A source was mapped to an instance whose gate is not held; the batch begins again."""


def contribute(
    requests: Sequence[ContributionRequest], *, now: datetime, when_sent: Callable[[], None] | None = None
) -> list[Answer]:
    """Contribute a batch of one operator, in the order given; the answers stand in the same order.

    One transaction for all; inside a caller's transaction it is a savepoint of that. A request that was accepted
    before gets its stored answer (`is_replay`). Refusals store nothing but a count. A request that no row can hold is
    refused with INVALID_REQUEST and leaves the others alone. `when_sent` is called, in each attempt, once nothing but
    the server's outcome is waited for, with the pots locked until then and a commit longer; not where something follows
    that outcome, as wins, windows that end and links do.
    ValueError for requests of several operators. DatabaseError once every attempt has failed: nothing is stored then,
    or what is stored is answered when the same request comes again.
    """
    if not requests:
        return []
    if len({request.operator_id for request in requests}) > 1:
        raise ValueError("a batch holds one operator")
    try:
        return _Attempts([claim_of(request) for request in requests], now, when_sent).run()
    except DataError:
        if len(requests) == 1:
            return [Refusal("INVALID_REQUEST", "The contribution holds a value that cannot be stored.")]
    # One request that cannot be stored spoils its batch; so each goes by itself.
    return [answer for request in requests for answer in contribute([request], now=now)]


class _Attempts:
    """The whole transaction, tried again while that is safe."""

    def __init__(self, claims: list[Claim], now: datetime, when_sent: Callable[[], None] | None) -> None:
        self._claims = claims
        self._now = now
        self._when_sent = when_sent
        self._operator_id = claims[0].request.operator_id
        self._is_outermost = not connection.in_atomic_block
        self._with_gamerounds = False
        self._may_draw = self._is_outermost
        self._committing: list[Answer] | None = None
        self._replays: frozenset[UUID] | None = None

    def run(self) -> list[Answer]:
        """The answers of the attempt that was committed."""
        for attempt in range(ATTEMPTS - 1):
            try:
                return self._once()
            except RoundsDueError as due:
                # Once: who is refused after that has come between two rounds.
                self._may_draw = False
                draw_ended_rounds(due.round_ids, now=self._now)
            except (Error, ConfigMovedError, PotsMovedError) as error:
                if not self._may_repeat(error):
                    raise
                log.info("contributions_repeated", attempt=attempt, count=len(self._claims), error=str(error))
                time.sleep(0.005 * 3**attempt)
        self._may_draw = False
        return self._once()

    def _once(self) -> list[Answer]:
        self._committing = None
        with transaction.atomic():
            answers = self._committing = self._attempt()
        if self._replays is None:
            return answers
        return [_as_first_answered(answer, self._replays) for answer in answers]

    def _attempt(self) -> list[Answer]:
        batch = Batch(
            self._operator_id,
            self._now,
            self._claims,
            [None] * len(self._claims),
            may_draw=self._may_draw,
            when_sent=self._when_sent,
        )
        return _attempt(batch, with_gamerounds=self._with_gamerounds)

    def _may_repeat(self, error: Exception) -> bool:
        """Whether the whole transaction may be tried again.

        A COMMIT whose outcome is unknown is not repeated blindly: the next attempt waits for the claims that the old
        one may still hold, and then finds what it stored.
        """
        state = getattr(error.__cause__, "sqlstate", None)
        if isinstance(error, ConfigMovedError):
            # What was read in the transaction that is rolled back was not kept; nor may the old one be.
            forget_config(self._operator_id)
        elif state == _UNIQUE:
            # Some game round is taken under another target. Who has it is looked up, with the lock held.
            is_news, self._with_gamerounds = not self._with_gamerounds, True
            return is_news
        elif isinstance(error, OperationalError | InterfaceError) and not passes_by_itself(error):
            return self._over_a_new_connection()
        return isinstance(error, ConfigMovedError | PotsMovedError) or passes_by_itself(error)

    def _over_a_new_connection(self) -> bool:
        if not self._is_outermost:
            return False
        if self._committing is not None and self._replays is None:
            # What our own lost COMMIT may have stored is no replay to who asked once.
            self._replays = frozenset(
                answer.contribution_id
                for answer in self._committing
                if isinstance(answer, ContributionResult) and answer.is_replay
            )
        connection.close()
        return True


def _attempt(batch: Batch, *, with_gamerounds: bool) -> list[Answer]:
    requests = [claim.request for claim in batch.claims]
    operator_id = batch.operator_id
    config = kept_config(operator_id) or config_at(operator_id, current_version(operator_id))
    gates = gates_of(requests, config)
    claimed = hold(operator_id, batch.claims, gates, with_gamerounds=with_gamerounds)
    batch.config = config_at(operator_id, claimed.version)
    if batch.config is not config and not gates_of(requests, batch.config) <= gates:
        raise ConfigMovedError
    judge = Judge(batch, claimed)
    judge.judge()
    # The wallet's reservation stands here: rows for what a player pays, and the rest of this in a transaction of its
    # own once the debits are answered. Nothing that is operator-funded waits for it.
    links = _lock(batch, judge)
    if batch.accepted:
        if links:
            batch.when_sent = None
        settle_and_write(batch, judge.repeats(), lambda: _answer(batch, judge))
    else:
        write_alone(batch)
    for link in links:
        link.follow()
    return [_given(answer) for answer in batch.answers]


def _lock(batch: Batch, judge: Judge) -> list[Link]:
    """Hold the rounds and the pots of what was accepted and of what follows it; the links that it follows over."""
    if batch.config is None or not batch.config.links:
        if batch.accepted:
            prepare(batch)
            lock(batch, judge.repeats())
        return []
    hold_rounds(batch, judge.repeats(), beside=raffles_fed(batch))
    links = links_of(batch)
    if batch.accepted:
        lock_pots(batch, beside=instances_of(links))
    return links


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
            win_withheld=accepted.is_withheld,
            tickets_awarded=accepted.tickets,
            rate=accepted.terms.rate,
        )
        batch.answers[accepted.place] = result
        for place in repeats.get(accepted.claim.key, ()):
            batch.answers[place] = msgspec.structs.replace(result, is_replay=True)


def _given(answer: Answer | None) -> Answer:
    if answer is None:
        raise RuntimeError("every request of a batch is answered")
    return answer


def _as_first_answered(answer: Answer, replays: frozenset[UUID]) -> Answer:
    if isinstance(answer, Refusal):
        return answer
    return msgspec.structs.replace(answer, is_replay=answer.contribution_id in replays)
