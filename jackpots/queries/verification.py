"""Every recorded draw recomputed: the numbers from the secrets, the chances from the rules, the winners from both."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from backoffice.core.fields import unseal
from backoffice.tenancy.scope import Scope
from jackpots.models import Contribution, JackpotType, ModelSwitch, PotCycle, PotTrigger, Win, WinCause
from jackpots.queries.community_check import community_faults
from jackpots.queries.deadlines import Deadline, chosen_of_window, epoch_ms, window_of
from jackpots.queries.draws import Draw, draws_of, number_of, terms_of_draw
from jackpots.queries.pots import cycles, pots
from jackpots.queries.templates import published_terms
from jackpots.randomness import commit, draw_prefix
from jackpots.rules.drop import by_probability
from jackpots.rules.drops.chances import IMPOSSIBLE
from jackpots.rules.drops.time import Window, first_after
from jackpots.rules.terms import PotTerms


class Mismatch(NamedTuple):
    """Something recorded that does not follow from the secret and the rules."""

    pot_id: UUID
    cycle: int
    contribution_id: UUID | None
    detail: str

    def __str__(self) -> str:
        where = f"pot {self.pot_id} cycle {self.cycle}"
        return (
            f"{where} contribution {self.contribution_id}: {self.detail}"
            if self.contribution_id
            else f"{where}: {self.detail}"
        )


@dataclass
class Verification:
    """How much was recomputed, and what was wrong."""

    cycle_count: int = 0
    draw_count: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)


def verify_draws(scope: Scope, *, instance_ids: list[UUID] | None = None) -> Verification:
    """Recompute every recorded draw of the scope's pots: of cycles that have ended, and of those that run from their
    sealed secrets. What is wrong is listed; nothing is raised."""
    verification = Verification()
    rows = pots(scope).exclude(instance__jackpot_type=JackpotType.RAFFLE)
    if instance_ids is not None:
        rows = rows.filter(instance_id__in=instance_ids)
    instance_of_pots: dict[UUID, list[tuple[UUID, str]]] = {}
    for pot in rows:
        instance_of_pots.setdefault(pot.instance_id, []).append((pot.pk, pot.code))
    for instance_id, own in instance_of_pots.items():
        _verify_instance(scope, instance_id, own, verification)
    return verification


@dataclass
class _Cycle:
    """What has been seen of one cycle."""

    row: PotCycle
    secret: bytes
    prefix: bytes
    was_switched: bool
    triggers: int
    window: Window | None
    win: Win | None = None
    unarmed_losers: int = 0
    armed: int = 0
    winner_was_armed: bool = False
    winner_hit: bool = False
    steps: list[tuple[int, int]] = field(default_factory=list)

    @property
    def has_ended(self) -> bool:
        """Whether its secret is revealed."""
        return self.row.ended_at is not None

    @property
    def winner(self) -> UUID | None:
        """Who hit it, if it was not awarded at a deadline."""
        return self.win.contribution_id if self.win is not None and self.win.cause == WinCause.DRAW else None


def _verify_instance(scope: Scope, instance_id: UUID, own: list[tuple[UUID, str]], verification: Verification) -> None:
    pot_ids = {code: pot_id for pot_id, code in own}
    seen = _cycles_of(scope, instance_id, list(pot_ids.values()))
    verification.cycle_count += len(seen)
    for contribution in Contribution.objects.filter(instance_id=instance_id).iterator(chunk_size=2_000):
        for one in draws_of(contribution):
            verification.draw_count += 1
            verification.mismatches.extend(_check_draw(one, pot_ids, seen))
    for (code, number), noted in seen.items():
        verification.mismatches.extend(Mismatch(pot_ids[code], number, None, detail) for detail in _check_cycle(noted))


def _cycles_of(scope: Scope, instance_id: UUID, pot_ids: list[UUID]) -> dict[tuple[str, int], _Cycle]:
    switched = set(ModelSwitch.objects.filter(instance_id=instance_id).values_list("switched_at", flat=True))
    triggers = Counter(PotTrigger.objects.filter(instance_id=instance_id).values_list("pot__code", "cycle"))
    seen: dict[tuple[str, int], _Cycle] = {}
    for row in cycles(scope, pot_ids=pot_ids):
        key = (row.pot.code, row.cycle)
        seen[key] = _Cycle(
            row,
            unseal(bytes(row.sealed_secret)),
            draw_prefix(str(instance_id), *key),
            row.ended_at in switched,
            triggers[key],
            window_of(row.window_starts_at, row.window_ends_at),
        )
    for win in Win.objects.filter(instance_id=instance_id).select_related("pot", "contribution"):
        if (win.pot.code, win.cycle) in seen:
            seen[win.pot.code, win.cycle].win = win
    return seen


def _check_draw(one: Draw, pot_ids: dict[str, UUID], seen: dict[tuple[str, int], _Cycle]) -> Iterator[Mismatch]:
    cycle = seen.get((one.code, one.cycle))
    pot_id = pot_ids.get(one.code, UUID(int=0))
    if cycle is None:
        yield Mismatch(pot_id, one.cycle, one.contribution_id, "there is no such cycle")
        return
    terms = terms_of_draw(one)
    for detail in _faults(one, cycle, terms):
        yield Mismatch(pot_id, one.cycle, one.contribution_id, detail)
    _note(one, cycle)
    if terms is not None and terms.kind == "value" and one.numerator and one.denominator > 1:
        cycle.steps.append((one.denominator, one.numerator))


def _faults(one: Draw, cycle: _Cycle, terms: PotTerms | None) -> Iterator[str]:
    number = number_of(one, cycle.secret, cycle.prefix)
    if number != one.number:
        yield f"the number is {number} of {one.denominator}, recorded is {one.number}"
    if one.is_hit != (number < one.numerator):
        recorded = "a hit" if one.is_hit else "no hit"
        yield f"{number} of {one.denominator} against {one.numerator} is recorded as {recorded}"
    if one.was_armed and (one.numerator, one.denominator) != (1, 1):
        yield "the pot was armed, but was not hit for certain"
    if terms is None:
        yield "the template has no such pot"
    elif not one.was_armed and not _is_chance(one, terms, cycle.window):
        yield f"the chance is not {one.numerator} of {one.denominator}"
    if one.won != (cycle.winner == one.contribution_id):
        yield (
            "it is answered as the win and is not recorded as it"
            if one.won
            else "it is recorded as the win and was not"
        )


def _is_chance(one: Draw, terms: PotTerms, window: Window | None) -> bool:
    """Whether the rules give this chance; that of a value pot follows from the draw before it, see _check_cycle()."""
    found = (one.numerator, one.denominator)
    if terms.kind == "probability":
        return found == by_probability(one.amount_micros, terms.cost_per_attempt_micros, terms.max_magic_number or 0)
    if terms.kind == "raffle" or terms.time_rule == "stake_weighted":
        return found == IMPOSSIBLE
    if terms.kind == "time":
        return window is not None and found in _time_chances(one, window)
    return True


def _time_chances(one: Draw, window: Window) -> set[tuple[int, int]]:
    """By the last window of the cycle, or by an earlier one, which lies whole periods before it."""
    at_ms = epoch_ms(one.accepted_at)
    chances: set[tuple[int, int]] = {first_after(at_ms, window)}
    if at_ms < window.starts_ms:
        period = window.ends_ms - window.starts_ms
        chances.add(((at_ms - window.starts_ms) % period + 1, period))
    return chances


def _note(one: Draw, cycle: _Cycle) -> None:
    if one.was_armed:
        cycle.armed += 1
    elif one.is_hit and not one.won:
        cycle.unarmed_losers += 1
    if one.won:
        cycle.winner_hit = one.is_hit
        cycle.winner_was_armed = one.was_armed


def _check_cycle(cycle: _Cycle) -> Iterator[str]:
    """A hit that lost to a more valuable one arms the pot until it is won: one such hit, all after it are certain."""
    if commit(cycle.secret) != bytes(cycle.row.commitment).hex():
        yield "the secret is not what was committed to"
    if cycle.has_ended != (cycle.win is not None) and not cycle.was_switched:
        yield "it has ended without a win" if cycle.has_ended else "it is won and has not ended"
    if cycle.win is not None and cycle.win.community_micros:
        yield from community_faults(cycle.win, cycle.secret, cycle.prefix)
    if cycle.winner is not None:
        yield from _check_hit(cycle)
    elif cycle.win is not None and not _is_chosen(cycle, cycle.win):
        yield "its deadline was won by another contribution than is chosen"
    if cycle.unarmed_losers > 1 + cycle.triggers:
        yield f"{cycle.unarmed_losers} hits lost though the first had armed the pot"
    if cycle.armed and not cycle.unarmed_losers and not cycle.triggers:
        yield "it is recorded as armed, and no hit had armed it"
    yield from _check_steps(cycle)


def _check_steps(cycle: _Cycle) -> Iterator[str]:
    """A pot that drops between two values goes on where the contribution before left it."""
    steps = sorted(cycle.steps, reverse=True)
    for (denominator, numerator), (following, _) in pairwise(steps):
        if following != denominator - numerator:
            yield f"after {numerator} of {denominator} the next chance is of {following}"


def _check_hit(cycle: _Cycle) -> Iterator[str]:
    if not cycle.winner_hit:
        yield "its win was no hit"
    if cycle.unarmed_losers and not cycle.winner_was_armed:
        yield "its armed pot was won by a hit that is not recorded as certain"


def _is_chosen(cycle: _Cycle, win: Win) -> bool:
    """Whether the window's deadline chooses this contribution."""
    code, number = cycle.row.pot.code, cycle.row.cycle
    pot = next((one for one in published_terms(win.contribution.template_id).pots if one.code == code), None)
    if pot is None or cycle.window is None:
        return False
    deadline = Deadline(win.operator_id, win.instance_id, code, number, cycle.window, cycle.secret, cycle.prefix)
    return chosen_of_window(pot, deadline) == win.contribution_id
