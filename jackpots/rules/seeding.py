"""What a pot's share does: some of it grows the pot, some is put by for the pot's next start."""

from typing import NamedTuple

from jackpots.rules.terms import PPM, PotTerms


class Placed(NamedTuple):
    """A pot's share, divided; both parts are micro-units and sum to the share."""

    to_pot_micros: int
    to_reserve_micros: int


class Reseed(NamedTuple):
    """How a pot starts again. `seed_micros` = from the reserve + from the boost + the deficit, which the house pays."""

    seed_micros: int
    from_reserve_micros: int
    from_boost_micros: int
    deficit_micros: int
    reserve_left_micros: int
    boost_left_micros: int


def place(pot: PotTerms, share_micros: int, reserve_micros: int) -> Placed:
    """Divide a pot's share by the state of its reserve.

    The reserve has its part until the next start is collected; the micros beyond that go to the pot. A pot of fixed
    value does not grow, so that all of its share is put by.
    """
    if not pot.is_progressive:
        return Placed(0, share_micros)
    missing = pot.min_reseed_micros - reserve_micros
    if missing <= 0 or not pot.seed_share_ppm:
        return Placed(share_micros, 0)
    # Halves go to the pot; one division, since two weights need no largest remainder.
    put_by = min((share_micros * pot.seed_share_ppm * 2 + PPM - 1) // (2 * PPM), missing)
    return Placed(share_micros - put_by, put_by)


def reseed(pot: PotTerms, reserve_micros: int, boost_micros: int) -> Reseed:
    """The pot's next start: all that was collected, at least the minimum, at most where a value pot may drop and what
    any other may hold.

    A pot of fixed value starts at exactly its minimum. A boost is used up before the reserve, so that what is over
    stays in the reserve.
    """
    minimum = pot.min_reseed_micros
    seed = minimum
    if pot.is_progressive:
        seed = max(minimum, reserve_micros + boost_micros)
        highest = pot.highest_seed_micros
        if highest is not None and seed > highest:
            seed = highest
    from_boost = min(boost_micros, seed)
    from_reserve = min(reserve_micros, seed - from_boost)
    return Reseed(
        seed_micros=seed,
        from_reserve_micros=from_reserve,
        from_boost_micros=from_boost,
        deficit_micros=seed - from_boost - from_reserve,
        reserve_left_micros=reserve_micros - from_reserve,
        boost_left_micros=boost_micros - from_boost,
    )


def closing(reserve_micros: int, boost_micros: int) -> Reseed:
    """How a limited pot ends after its last drop: it does not start again, and what was put by stays where it is."""
    return Reseed(0, 0, 0, 0, reserve_micros, boost_micros)
