"""Deadlines of time pots that have passed: who of the window's contributors wins, and the windows that follow.

It is done on locked pots before anything else of a batch is settled, so that no contribution meets a window that is
over. Who is chosen can be recomputed from the journal: the contributions of the cycle in the window, in the order of
time and of ids.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import connection

from backoffice.core import json
from jackpots.operations.contributing.batch import Accepted, Awarded, Batch, Claim, LockedPot, Terms
from jackpots.operations.contributing.community import Sharing
from jackpots.operations.contributing.settle import contribution_of, epoch_ms
from jackpots.queries.contribution_config import InstanceConfig
from jackpots.randomness import draw, new_secret
from jackpots.rules.contribution import ContributionRequest
from jackpots.rules.drops.time import DEADLINE, Window
from jackpots.rules.settlement import PotState, award
from jackpots.rules.terms import PotTerms

_TOTAL: Final = "SELECT count(*), coalesce(sum(c.amount_micros), 0) {of_window}"
_LAST: Final = "SELECT c.id {of_window} ORDER BY c.accepted_at DESC, c.id DESC LIMIT 1"
_BY_STAKE: Final = """
SELECT w.id FROM (SELECT c.id, sum({weight}) OVER (ORDER BY c.accepted_at, c.id) AS upto {of_window}) w
WHERE w.upto > %(number)s ORDER BY w.upto LIMIT 1
"""
_OF_WINDOW: Final = """
FROM jackpots_contribution c
WHERE c.operator_id = %(operator)s AND c.instance_id = %(instance)s AND c.accepted_at >= %(since)s
  AND c.accepted_at < %(until)s AND c.draws @> %(cycle)s::jsonb
"""
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


def chosen_of_window(
    operator_id: str, instance_id: UUID, pot: PotTerms, state: PotState, window: Window
) -> UUID | None:
    """The contribution that wins the pot at the end of this window of its cycle; None where there was none."""
    parameters: dict[str, Any] = {
        "operator": operator_id,
        "instance": instance_id,
        "since": _instant(window.starts_ms),
        "until": _instant(window.ends_ms),
        "cycle": json.encode([[state.code, state.cycle]]).decode(),
    }
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        if pot.time_rule != "stake_weighted":
            row = cursor.execute(_LAST.format(of_window=_OF_WINDOW), parameters).fetchone()
            return row[0] if row else None
        count, total = cursor.execute(_TOTAL.format(of_window=_OF_WINDOW), parameters).fetchone() or (0, 0)
        if not count:
            return None
        weight = "c.amount_micros" if total else "1"
        parameters["number"] = draw(state.secret, state.draw_prefix, DEADLINE, int(total or count))
        row = cursor.execute(_BY_STAKE.format(weight=weight, of_window=_OF_WINDOW), parameters).fetchone()
        return row[0] if row else None


def _pass(batch: Batch, instance: InstanceConfig, locked: LockedPot, now_ms: int) -> None:
    state, window = locked.state, locked.state.window
    if window is None:
        return
    pot = next(pot for pot in instance.terms.pots if pot.code == state.code)
    chosen = chosen_of_window(batch.operator_id, instance.id, pot, state, window)
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


def window_columns(window: Window | None) -> dict[str, datetime]:
    """A time pot's window as its columns; none for any other pot."""
    if window is None:
        return {}
    return {"window_starts_at": _instant(window.starts_ms), "window_ends_at": _instant(window.ends_ms)}


def _instant(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
