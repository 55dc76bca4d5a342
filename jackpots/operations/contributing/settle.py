"""Settle the accepted contributions in memory, on pots that are locked."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import psycopg
from django.db import connection, transaction

from backoffice.core.fields import unseal
from jackpots.operations.contributing.batch import Batch, LockedPot
from jackpots.queries.arrays import array
from jackpots.queries.contribution_config import InstanceConfig
from jackpots.randomness import draw, new_secret
from jackpots.rules.settlement import Contribution, PotState, settle_one

_POTS: Final = """
SELECT id, instance_id::text, code, position, value_micros, seed_micros, boost_micros, cycle, is_armed, version
FROM jackpots_pot WHERE instance_id = ANY(%s::text::uuid[]) ORDER BY id FOR UPDATE
"""
_SECRETS: Final = """
SELECT c.pot_id, c.cycle, c.sealed_secret
FROM unnest(%s::text::uuid[], %s::text::int[]) AS w (pot_id, cycle)
JOIN jackpots_potcycle c ON c.pot_id = w.pot_id AND c.cycle = w.cycle
"""
_KEPT: Final = 10_000
_secrets: dict[tuple[UUID, int], bytes] = {}


def lock_pots(batch: Batch) -> None:
    """Lock the pots of every instance that something was accepted for, by id, and read them as they now stand."""
    instances = {accepted.instance.key: accepted.instance for accepted in batch.accepted}
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        rows = cursor.execute(_POTS, [array(instances)], prepare=True).fetchall()
    secrets = _secrets_of([(row[0], row[7]) for row in rows])
    found: dict[str, dict[str, LockedPot]] = {key: {} for key in instances}
    for pot_id, instance_key, code, _, value, reserve, boost, cycle, is_armed, version in rows:
        state = PotState(
            str(pot_id), instance_key, code, cycle, value, reserve, boost, is_armed, secrets[pot_id, cycle]
        )
        found[instance_key][code] = LockedPot(pot_id, version, state)
    for key, instance in instances.items():
        batch.pots[key] = _in_order(instance, found[key])


def settle(batch: Batch) -> None:
    """Divide, draw and award in the order given."""

    def next_secret(_state: PotState) -> bytes:
        batch.secrets.append(new_secret())
        return batch.secrets[-1]

    states = {key: [pot.state for pot in pots] for key, pots in batch.pots.items()}
    for accepted in batch.accepted:
        terms = accepted.terms
        contribution = Contribution(
            accepted.claim.key,
            terms.amount_micros,
            accepted.claim.request.currency,
            terms.jackpot_multiplier,
            terms.player_multiplier,
        )
        key = accepted.instance.key
        settled = settle_one(accepted.instance.terms, states[key], contribution, draw=draw, next_secret=next_secret)
        if settled.win is not None:
            next(pot for pot in batch.pots[key] if pot.state.code == settled.win.code).drops += 1
        accepted.settled = settled


def _in_order(instance: InstanceConfig, by_code: dict[str, LockedPot]) -> list[LockedPot]:
    return [by_code[pot.code] for pot in instance.terms.pots]


def _secrets_of(wanted: Iterable[tuple[UUID, int]]) -> dict[tuple[UUID, int], bytes]:
    wanted = list(wanted)
    found = {key: _secrets[key] for key in wanted if key in _secrets}
    missing = [key for key in wanted if key not in found]
    if missing:
        parameters = [array([key[0] for key in missing]), array([key[1] for key in missing])]
        with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
            rows = cursor.execute(_SECRETS, parameters, prepare=True).fetchall()
        read = {(pot_id, cycle): unseal(sealed) for pot_id, cycle, sealed in rows}
        # A cycle that this very transaction began may yet be rolled back, and begin again with another secret.
        transaction.on_commit(lambda: _keep(read))
        found |= read
    return found


def _keep(read: dict[tuple[UUID, int], bytes]) -> None:
    if len(_secrets) > _KEPT:
        _secrets.clear()
    _secrets.update(read)
