"""The draws of one ended cycle recomputed part by part, for a page that shows how far it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from jackpots.models import PotCycle
from jackpots.queries.draws import contributions_of_cycle, draws_of, number_of, revealed_secret
from jackpots.randomness import commit, draw_prefix


@dataclass(frozen=True)
class Checked:
    """A part of the draws: how many were recomputed, the contributions whose draw differs, and where to go on.

    `last` is the time and the id of the last contribution, None where there is nothing after it.
    """

    draws: int
    wrong: tuple[UUID, ...]
    last: tuple[datetime, UUID] | None


def keeps_its_word(cycle: PotCycle) -> bool:
    """Whether the revealed secret is what was committed to. False while the cycle runs."""
    secret = revealed_secret(cycle)
    return secret is not None and commit(secret) == bytes(cycle.commitment).hex()


def check_part(cycle: PotCycle, after: tuple[datetime, UUID] | None, size: int) -> Checked:
    """Recompute the draws of the next `size` contributions of an ended cycle. ValueError while it runs."""
    secret = revealed_secret(cycle)
    if secret is None:
        raise ValueError("the secret of a running cycle is not told")
    rows = contributions_of_cycle(cycle)
    if after is not None:
        at, key = after
        rows = rows.filter(accepted_at__gte=at).filter(Q(accepted_at__gt=at) | Q(id__gt=key))
    found = list(rows[: size + 1])
    prefix = draw_prefix(str(cycle.pot.instance_id), cycle.pot.code, cycle.cycle)
    count, wrong = 0, []
    for contribution in found[:size]:
        for one in draws_of(contribution):
            if (one.code, one.cycle) != (cycle.pot.code, cycle.cycle):
                continue
            count += 1
            number = number_of(one, secret, prefix)
            if number != one.number or one.is_hit != (number < one.numerator):
                wrong.append(contribution.pk)
    last = found[size - 1] if len(found) > size else None
    return Checked(count, tuple(wrong), (last.accepted_at, last.pk) if last else None)
