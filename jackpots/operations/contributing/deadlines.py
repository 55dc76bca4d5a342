"""Deadlines of time pots that have passed: who of the window's contributors wins, and the windows that follow.

It is done on locked pots before anything else of a batch is settled, so that no contribution meets a window that is
over. Who is chosen can be recomputed from the journal: the contributions of the cycle in the window, in the order of
time and of ids.
"""

from decimal import Decimal
from typing import Final
from uuid import UUID

import psycopg
from django.db import connection

from jackpots.operations.contributing.batch import Accepted, Awarded, Batch, Claim, LockedPot, Terms
from jackpots.operations.contributing.community import Sharing
from jackpots.operations.contributing.settle import contribution_of
from jackpots.queries.contribution_config import InstanceConfig
from jackpots.queries.deadlines import Deadline, chosen_of_window, epoch_ms
from jackpots.randomness import new_secret
from jackpots.rules.contribution import ContributionRequest
from jackpots.rules.settlement import award
from jackpots.rules.terms import PotTerms

_CONTRIBUTION: Final = """
SELECT c.brand_id, c.player_id, c.player_country, c.currency, c.gameround_id, c.amount_micros, c.contribution_micros,
       c.rate, c.metadata, c.source_id, s.source_id, c.target
FROM jackpots_contribution c LEFT JOIN jackpots_source s ON s.id = c.source_id WHERE c.id = %s
"""


def pass_deadlines(batch: Batch) -> None:
    """Award every time pot of the batch whose window has ended by now, and move its window on."""
    now_ms = epoch_ms(batch.now)
    instances = {accepted.instance.key: accepted.instance for accepted in batch.accepted}
    for key, pots in batch.pots.items():
        for locked in pots:
            window = locked.state.window
            if window is not None and window.ends_ms <= now_ms and not locked.state.closed:
                _pass(batch, instances[key], locked, now_ms)


def pass_deadline(batch: Batch, instance: InstanceConfig, until_ms: int) -> None:
    """The same for one instance of which nothing was accepted, as of `until_ms`."""
    for locked in batch.pots[instance.key]:
        window = locked.state.window
        if window is not None and window.ends_ms <= until_ms and not locked.state.closed:
            _pass(batch, instance, locked, until_ms)


def _pass(batch: Batch, instance: InstanceConfig, locked: LockedPot, now_ms: int) -> None:
    state, window = locked.state, locked.state.window
    if window is None:
        return
    pot = next(pot for pot in instance.terms.pots if pot.code == state.code)
    deadline = Deadline(
        batch.operator_id, instance.id, state.code, state.cycle, window, state.secret, state.draw_prefix
    )
    chosen = chosen_of_window(pot, deadline)
    if chosen is not None:
        _award(batch, instance, locked, pot, _winner(batch, instance, chosen))
    state.window = (state.window or window).moved_on(now_ms)


def _award(batch: Batch, instance: InstanceConfig, locked: LockedPot, pot: PotTerms, accepted: Accepted) -> None:
    state = locked.state
    # Of the community only those count who contributed before the deadline, so nothing of this batch does.
    before = Batch(batch.operator_id, batch.now, [], [], config=batch.config)
    secret = new_secret()
    won = award(
        pot,
        state,
        contribution_of(accepted, epoch_ms(batch.now)),
        next_secret=lambda _state: secret,
        share_out=Sharing(before, accepted) if instance.terms.strategies else None,
    )
    if won is None:
        return
    batch.wins.append(Awarded(accepted, won, secret, "deadline"))
    locked.drops += 1
    if all(one.state.closed for one in batch.pots[instance.key]):
        batch.ended.append(instance)


def _winner(batch: Batch, instance: InstanceConfig, contribution_id: UUID) -> Accepted:
    """The journal's contribution in the form of one that is settled now."""
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        row = cursor.execute(_CONTRIBUTION, [contribution_id]).fetchone()
    if row is None:
        raise LookupError(f"there is no contribution {contribution_id}")
    brand, player, country, currency, gameround, amount, paid, rate, metadata, source_key, source_id, target = row
    kind, _, target_id = target.partition(":")
    request = ContributionRequest(
        operator_id=batch.operator_id,
        brand_id=brand,
        player_id=player,
        player_country=country,
        target_type="source" if kind == "source" else "instance",
        target_id=target_id,
        gameround_id=gameround,
        currency=currency,
        base_wager_micros=0,
        metadata=metadata,
    )
    claim = Claim(request, contribution_id, str(contribution_id), target, b"")
    return Accepted(
        -1, claim, instance, source_key, source_id, _terms(batch, instance, brand, currency, rate, (paid, amount)), 0
    )


def _terms(
    batch: Batch, instance: InstanceConfig, brand_id: str, currency: str, rate: Decimal, amounts: tuple[int, int]
) -> Terms:
    """By the rates of now; where there are none any more, by the one of the contribution."""
    paid, amount = amounts
    one = Decimal(1)
    if currency == instance.currency:
        return Terms(paid, amount, one, one, one)
    multipliers = batch.config.multipliers.get(brand_id, {}) if batch.config else {}
    of_jackpot, of_player = multipliers.get(instance.currency), multipliers.get(currency)
    if of_jackpot is None or of_player is None:
        return Terms(paid, amount, one, rate.normalize(), rate)
    return Terms(paid, amount, of_jackpot, of_player, (of_player / of_jackpot).quantize(rate))
