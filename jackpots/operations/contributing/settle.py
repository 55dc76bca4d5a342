"""Settle the accepted contributions in memory, on pots that are locked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import psycopg
from django.db import connection, transaction

from backoffice.core.errors import Refusal
from backoffice.core.fields import unseal
from backoffice.core.statements import Rows, Statement, send
from jackpots.operations.contributing.batch import Accepted, Awarded, Batch, LockedPot
from jackpots.operations.contributing.community import Sharing
from jackpots.operations.contributing.tickets import round_calls, take_rounds
from jackpots.queries.arrays import array
from jackpots.queries.contribution_config import InstanceConfig
from jackpots.queries.deadlines import epoch_ms, window_of
from jackpots.randomness import draw, new_secret
from jackpots.rules.eligibility import RULE_STATE
from jackpots.rules.settlement import Contribution, PotState, settle_one

_POTS: Final = Statement("""
SELECT id, instance_id::text, code, slot, value_micros, seed_micros, boost_micros, cycle, is_armed, version, drop_count,
       window_starts_at, window_ends_at
FROM jackpots_pot WHERE instance_id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE
""")
_SECRETS: Final = """
SELECT c.pot_id, c.cycle, c.sealed_secret
FROM unnest(%s::text::uuid[], %s::text::int[]) AS w (pot_id, cycle)
JOIN jackpots_potcycle c ON c.pot_id = w.pot_id AND c.cycle = w.cycle
"""
_KEPT: Final = 10_000
_secrets: dict[tuple[UUID, int], bytes] = {}


def lock(batch: Batch, repeats: Mapping[str, Sequence[int]]) -> None:
    """Lock the rounds and then the pots of what was accepted, by id, and read them as they now stand, all on one way to
    the server; for a batch that nothing follows. Where a raffle has no round its pots are only locked."""
    rounds = round_calls(batch)
    *read, pots = send([*rounds, (_POTS, [array({accepted.instance.key for accepted in batch.accepted})])])
    if rounds:
        take_rounds(batch, repeats, *read)
    _take_pots(batch, pots, {accepted.instance.key: accepted.instance for accepted in batch.accepted})


def lock_pots(batch: Batch, instances: Iterable[InstanceConfig] = (), *, beside: Iterable[InstanceConfig] = ()) -> None:
    """Lock the pots of every instance that something was accepted for, and of `instances`, by id, and read them as they
    now stand. Those of `beside` are only locked."""
    wanted = {accepted.instance.key: accepted.instance for accepted in batch.accepted}
    wanted |= {instance.key: instance for instance in instances}
    locked = {*wanted, *(instance.key for instance in beside)}
    _take_pots(batch, send([(_POTS, [array(locked)])])[0], wanted)


def _take_pots(batch: Batch, locked: Rows, wanted: Mapping[str, InstanceConfig]) -> None:
    rows = [row for row in locked if row[1] in wanted]
    secrets = _secrets_of([(row[0], row[7]) for row in rows])
    found: dict[str, dict[str, LockedPot]] = {key: {} for key in wanted}
    for pot_id, instance_key, code, slot, value, reserve, boost, cycle, is_armed, version, drops, *window in rows:
        secret = secrets[pot_id, cycle]
        state = PotState(str(pot_id), instance_key, code, cycle, value, reserve, boost, is_armed, secret, slot, drops)
        if window[0] is not None:
            state.window = window_of(*window)
        found[instance_key][code] = LockedPot(pot_id, version, state, window=state.window)
    for key, instance in wanted.items():
        batch.pots[key] = _in_order(instance, found[key])


def settle(batch: Batch, these: Sequence[Accepted], repeats: Mapping[str, Sequence[int]]) -> None:
    """Divide, draw and award in the order given. After an instance's last pot has closed nothing more is taken there:
    what was accepted, and what repeats it (`repeats`, places by key), is refused and leaves the batch."""
    secrets: list[bytes] = []

    def next_secret(_state: PotState) -> bytes:
        secrets.append(new_secret())
        return secrets[-1]

    at_ms = epoch_ms(batch.now)
    states = {key: [pot.state for pot in pots] for key, pots in batch.pots.items()}
    over = {key for key, pots in states.items() if all(pot.closed for pot in pots)}
    late: list[Accepted] = []
    for accepted in these:
        key, terms = accepted.instance.key, accepted.instance.terms
        if key in over:
            late.append(accepted)
            continue
        contribution = contribution_of(accepted, at_ms)
        share_out = Sharing(batch, accepted) if terms.strategies else None
        settled = settle_one(terms, states[key], contribution, draw=draw, next_secret=next_secret, share_out=share_out)
        accepted.settled = settled
        if settled.win is not None:
            batch.wins.append(awarded := Awarded(accepted, settled.win, secrets[-1]))
            accepted.is_withheld = bool(awarded.withheld_because)
            next(pot for pot in batch.pots[key] if pot.state.code == settled.win.code).drops += 1
            if settled.ended:
                over.add(key)
                batch.ended.append(accepted.instance)
    if late:
        _refuse(batch, late, repeats)


def contribution_of(accepted: Accepted, at_ms: int) -> Contribution:
    """The contribution as the rules take it."""
    terms = accepted.terms
    return Contribution(
        accepted.claim.key,
        terms.amount_micros,
        accepted.claim.request.currency,
        terms.jackpot_multiplier,
        terms.player_multiplier,
        at_ms,
    )


def _refuse(batch: Batch, late: list[Accepted], repeats: Mapping[str, Sequence[int]]) -> None:
    for accepted in late:
        for place in (accepted.place, *repeats.get(accepted.claim.key, ())):
            batch.answers[place] = Refusal("CONTRIBUTION_REJECTED", f"{RULE_STATE}: the jackpot is Ended")
    gone = {accepted.claim.key for accepted in late}
    batch.accepted = [accepted for accepted in batch.accepted if accepted.claim.key not in gone]


def _in_order(instance: InstanceConfig, by_code: dict[str, LockedPot]) -> list[LockedPot]:
    pots = [by_code[pot.code] for pot in instance.terms.pots]
    for pot, terms in zip(pots, instance.terms.pots, strict=True):
        if terms.max_drops is not None:
            pot.state.closed = pot.state.drops >= terms.max_drops
    return pots


def _secrets_of(wanted: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], bytes]:
    wanted = list(wanted)
    found = {key: _secrets[key] for key in wanted if key in _secrets}
    missing = [key for key in wanted if key not in found]
    if missing:
        parameters = [array([key[0] for key in missing]), array([key[1] for key in missing])]
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            rows = cursor.execute(_SECRETS, parameters).fetchall()
        read = {(pot_id, cycle): unseal(sealed) for pot_id, cycle, sealed in rows}
        # A cycle that this very transaction began may yet be rolled back, and begin again with another secret.
        transaction.on_commit(lambda: _keep(read))
        found |= read
    return found


def _keep(read: dict[tuple[UUID, int], bytes]) -> None:
    if len(_secrets) > _KEPT:
        _secrets.clear()
    _secrets.update(read)
