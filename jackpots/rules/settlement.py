"""What one contribution does to its jackpot, computed in memory on the pots that the caller holds locked."""

from collections.abc import Sequence

import msgspec

from backoffice.core.money import Payout, payout
from jackpots.rules.drop import At, chance
from jackpots.rules.drops.time import TAU
from jackpots.rules.seeding import closing, place, reseed
from jackpots.rules.settled import (
    Community,
    Contribution,
    Draw,
    NextSecret,
    PotLine,
    PotState,
    Settled,
    ShareOut,
    Win,
)
from jackpots.rules.split import divide, divide_open
from jackpots.rules.terms import PotTerms, TemplateTerms

__all__ = [
    "Community",
    "Contribution",
    "Draw",
    "NextSecret",
    "PotLine",
    "PotState",
    "Settled",
    "ShareOut",
    "Win",
    "award",
    "settle_one",
]


class _Hit(msgspec.Struct, frozen=True):
    pot: PotTerms
    state: PotState


def settle_one(
    terms: TemplateTerms,
    pots: Sequence[PotState],
    contribution: Contribution,
    *,
    draw: Draw,
    next_secret: NextSecret,
    share_out: ShareOut | None = None,
) -> Settled:
    """Divide the contribution, draw for every pot, and let the most valuable hit win.

    `pots` stand in the order of `terms.pots` and are changed in place. The other hits stay armed: the next
    contribution hits them for certain. So does a hit whose payout would be less than the player's smallest coin.
    ValueError if the pots are not those of the terms.
    """
    closed = [state.closed for state in pots]
    if True in closed:
        household, shares, reserves = divide_open(
            contribution.amount_micros, terms.household_ppm, _shares(terms), tuple(closed), terms.limited_share_to
        )
        for state, extra in zip(pots, reserves, strict=True):
            state.reserve_micros += extra
    else:
        household, shares = divide(contribution.amount_micros, terms.household_ppm, _shares(terms))
        reserves = ()
    lines: list[PotLine] = []
    hits: list[_Hit] | None = None
    for pot, state, share in zip(terms.pots, pots, shares, strict=True):
        line = _contribute(pot, state, share, contribution, draw)
        lines.append(line)
        if line.hit:
            hits = hits or []
            hits.append(_Hit(pot, state))
    if any(reserves):
        lines = [_with_reserve(line, extra) for line, extra in zip(lines, reserves, strict=True)]
    win = _win(hits, contribution, next_secret, share_out) if hits else None
    ended = win is not None and win.closed and all(state.closed for state in pots)
    return Settled(household, tuple(lines), win, ended)


def award(
    pot: PotTerms,
    state: PotState,
    contribution: Contribution,
    *,
    next_secret: NextSecret,
    share_out: ShareOut | None = None,
) -> Win | None:
    """Give the pot as it stands to the player of this contribution, and start it again; the caller has found that it
    drops. None, and nothing changed, where that would pay less than the player's smallest coin."""
    return _award(_Hit(pot, state), contribution, next_secret, share_out) if _is_payable(state, contribution) else None


def _shares(terms: TemplateTerms) -> tuple[int, ...]:
    return tuple([pot.share_ppm for pot in terms.pots])


def _contribute(pot: PotTerms, state: PotState, share: int, contribution: Contribution, draw: Draw) -> PotLine:
    if pot.code != state.code:
        raise ValueError(f"pot {state.code!r} stands where the terms have {pot.code!r}")
    before, armed = state.value_micros, state.armed
    if state.closed:
        return PotLine(
            state.pot_id, state.code, 0, 0, 0, before, before, state.cycle, 0, 0, 0, hit=False, armed_before=armed
        )
    to_pot, to_reserve = place(pot, share, state.reserve_micros)
    after = before + to_pot
    numerator, denominator = chance(
        pot,
        contribution_micros=contribution.amount_micros,
        before_micros=before,
        after_micros=after,
        armed=armed,
        at=At(contribution.at_ms, state.window) if state.window is not None else None,
    )
    if pot.kind == "time" and denominator > 1:
        number = _time_number(state, numerator, denominator, draw)
    else:
        number = draw(state.secret, state.draw_prefix, contribution.contribution_id, denominator)
    ceiling = pot.highest_micros
    excess = after - ceiling if ceiling is not None and after > ceiling else 0
    state.value_micros = after - excess
    state.reserve_micros += to_reserve + excess
    hit = number < numerator
    if hit:
        state.armed = True
    return PotLine(
        state.pot_id,
        state.code,
        to_pot,
        to_reserve,
        excess,
        before,
        after,
        state.cycle,
        numerator,
        denominator,
        number,
        hit,
        armed,
    )


def _time_number(state: PotState, numerator: int, denominator: int, draw: Draw) -> int:
    """The hidden instant where it has come, else the denominator, so that a miss tells nobody where it is."""
    if state.hidden is None:
        state.hidden = draw(state.secret, state.draw_prefix, TAU, denominator)
    return state.hidden if state.hidden < numerator else denominator


def _with_reserve(line: PotLine, extra_micros: int) -> PotLine:
    return msgspec.structs.replace(line, to_reserve_micros=line.to_reserve_micros + extra_micros)


def _is_payable(state: PotState, contribution: Contribution) -> bool:
    return _payout(state.value_micros, contribution).pay_micros > 0


def _payout(value_micros: int, contribution: Contribution) -> Payout:
    return payout(
        value_micros,
        jackpot_multiplier=contribution.jackpot_multiplier,
        player_multiplier=contribution.player_multiplier,
        player_currency=contribution.player_currency,
    )


def _win(
    hits: list[_Hit], contribution: Contribution, next_secret: NextSecret, share_out: ShareOut | None
) -> Win | None:
    payable = [hit for hit in hits if _is_payable(hit.state, contribution)]
    if not payable:
        return None
    # Of equal values the earlier pot wins: max() keeps the first, and the hits stand in the order of position.
    best = max(payable, key=lambda hit: hit.state.value_micros)
    return _award(best, contribution, next_secret, share_out)


def _award(hit: _Hit, contribution: Contribution, next_secret: NextSecret, share_out: ShareOut | None) -> Win:
    pot, state = hit.pot, hit.state
    cycle, value = state.cycle, state.value_micros
    community = share_out(state, contribution, value) if share_out is not None else None
    paid = _payout(community.winner_micros if community else value, contribution)
    residual = paid.residual_micros + (community.unspent_micros if community else 0)
    reserve = state.reserve_micros + residual + (community.residual_micros if community else 0)
    state.drops += 1
    state.closed = pot.max_drops is not None and state.drops >= pot.max_drops
    started = closing(reserve, state.boost_micros) if state.closed else reseed(pot, reserve, state.boost_micros)
    state.reserve_micros = started.reserve_left_micros
    state.boost_micros = started.boost_left_micros
    if state.window is not None and contribution.at_ms >= state.window.starts_ms:
        state.window = state.window.after()
    state.start_cycle(started.seed_micros, next_secret(state))
    won = (state.pot_id, state.code, cycle, value, contribution.player_currency, paid, started, residual)
    return Win(*won, community, state.closed)
