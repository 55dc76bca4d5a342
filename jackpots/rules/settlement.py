"""What one contribution does to its jackpot, computed in memory on the pots that the caller holds locked."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from backoffice.core.money import Payout, payout
from jackpots.rules.drop import CERTAIN, At, by_value, chance
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
from jackpots.rules.terms import PotKind, PotTerms, TemplateTerms

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

_KEPT: Final = 1_000


class _Hit(msgspec.Struct, frozen=True):
    pot: PotTerms
    state: PotState


class _Plan(NamedTuple):
    """What of the terms every contribution needs, looked up once."""

    terms: TemplateTerms
    shares: tuple[int, ...]
    laws: tuple["_Law", ...]


class _Law(NamedTuple):
    """A pot with what it costs to ask it for. `odds` is what all attempts on a pot by probability cost together."""

    pot: PotTerms
    code: str
    kind: PotKind
    low: int
    high: int
    segments: tuple[int, ...]
    highest: int | None
    odds: int


_plans: dict[int, _Plan] = {}


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
    plan = _plan(terms)
    closed = [state.closed for state in pots]
    if True in closed:
        return _settle_open(plan, pots, contribution, closed, (draw, next_secret, share_out))
    household, shares = divide(contribution.amount_micros, terms.household_ppm, plan.shares)
    lines: list[PotLine] = []
    hits: list[_Hit] = []
    for law, state, share in zip(plan.laws, pots, shares, strict=True):
        line = _contribute(law, state, share, contribution, draw)
        lines.append(line)
        if line.hit:
            hits.append(_Hit(law.pot, state))
    win = _win(hits, contribution, next_secret, share_out) if hits else None
    return Settled(household, tuple(lines), win, ended=win is not None and _all_closed(win, pots))


def _settle_open(
    plan: _Plan,
    pots: Sequence[PotState],
    contribution: Contribution,
    closed: list[bool],
    ways: tuple[Draw, NextSecret, ShareOut | None],
) -> Settled:
    """The same where limited pots are closed: they take no part, and what they had goes where the template says."""
    terms, (draw, next_secret, share_out) = plan.terms, ways
    household, shares, reserves = divide_open(
        contribution.amount_micros, terms.household_ppm, plan.shares, tuple(closed), terms.limited_share_to
    )
    lines: list[PotLine] = []
    for law, state, share, extra in zip(plan.laws, pots, shares, reserves, strict=True):
        state.reserve_micros += extra
        line = _idle(state) if state.closed else _contribute(law, state, share, contribution, draw)
        lines.append(_with_reserve(line, extra) if extra else line)
    hits = [_Hit(law.pot, state) for law, state, line in zip(plan.laws, pots, lines, strict=True) if line.hit]
    win = _win(hits, contribution, next_secret, share_out) if hits else None
    return Settled(household, tuple(lines), win, ended=win is not None and _all_closed(win, pots))


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


def _plan(terms: TemplateTerms) -> _Plan:
    plan = _plans.get(id(terms))
    # A plan keeps its terms alive, so that no others can have their id; equal terms only make another plan.
    if plan is not None and plan.terms is terms:
        return plan
    if len(_plans) >= _KEPT:
        _plans.clear()
    laws = tuple(
        _Law(
            pot, pot.code, pot.kind, pot.value_from_micros or 0, pot.value_to_micros or 0, pot.segments,
            pot.highest_micros, _odds(pot),
        )
        for pot in terms.pots
    )  # fmt: skip
    plan = _plans[id(terms)] = _Plan(terms, tuple(pot.share_ppm for pot in terms.pots), laws)
    return plan


def _odds(pot: PotTerms) -> int:
    return (pot.cost_per_attempt_micros or 0) * (pot.max_magic_number or 0) if pot.kind == "probability" else 0


def _all_closed(win: Win, pots: Sequence[PotState]) -> bool:
    return win.closed and all(state.closed for state in pots)


def _idle(state: PotState) -> PotLine:
    before, armed = state.value_micros, state.armed
    return PotLine(
        state.pot_id, state.code, 0, 0, 0, before, before, state.cycle, 0, 0, 0, hit=False, armed_before=armed
    )


def _contribute(law: _Law, state: PotState, share: int, contribution: Contribution, draw: Draw) -> PotLine:
    pot, code, kind, highest = law.pot, law.code, law.kind, law.highest
    if code != state.code:
        raise ValueError(f"pot {state.code!r} stands where the terms have {code!r}")
    before, armed = state.value_micros, state.armed
    to_pot, to_reserve = place(pot, share, state.reserve_micros)
    after = before + to_pot
    numerator, denominator = _chance(law, state, contribution, before, after)
    if denominator == 1:
        number = 0
    elif kind == "time":
        number = _time_number(state, numerator, denominator, draw)
    else:
        number = draw(state.secret, state.draw_prefix, contribution.contribution_id, denominator)
    excess = after - highest if highest is not None and after > highest else 0
    state.value_micros = after - excess
    state.reserve_micros += to_reserve + excess
    hit = number < numerator
    if hit:
        state.armed = True
    return PotLine(
        state.pot_id, code, to_pot, to_reserve, excess, before, after, state.cycle, numerator, denominator, number,
        hit, armed,
    )  # fmt: skip


def _chance(law: _Law, state: PotState, contribution: Contribution, before: int, after: int) -> tuple[int, int]:
    """What chance() says, which is only asked where it is not plain."""
    if state.armed:
        return CERTAIN
    if law.kind == "value" and law.high:
        return by_value(before, after, law.low, law.high, law.segments)
    if 0 < contribution.amount_micros < law.odds:
        return contribution.amount_micros, law.odds
    return chance(
        law.pot,
        contribution_micros=contribution.amount_micros,
        before_micros=before,
        after_micros=after,
        armed=False,
        at=At(contribution.at_ms, state.window) if state.window is not None else None,
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
