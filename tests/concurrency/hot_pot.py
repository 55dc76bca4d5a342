"""Eight threads on one hot pot, as a process of its own on the migrated DATABASE_URL; prints what it saw as JSON.

`python -m tests.concurrency.hot_pot THREADS CONTRIBUTIONS DUPLICATES`
"""

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random  # noqa: TID251 - the same order of requests each time
from threading import Barrier

import django

django.setup()

from django.db import connection  # noqa: E402

from backoffice.core import clock  # noqa: E402
from jackpots.models import Contribution, Instance, Pot, Win  # noqa: E402
from jackpots.operations.contribute import contribute  # noqa: E402
from jackpots.operations.contributing import journal  # noqa: E402
from jackpots.queries.invariants import violations  # noqa: E402
from jackpots.queries.verification import verify_draws  # noqa: E402
from jackpots.rules.contribution import ContributionRequest, ContributionResult  # noqa: E402
from tests.cast import House, build_house, probability_pot, quiet_draft, value_pot  # noqa: E402

LARGEST_BATCH = 12


def main(threads: int, contributions: int, duplicates: int) -> None:
    """Build a jackpot, contribute from all threads at once, and say what came of it."""
    journal.LEAST_OF_A_PART = 1  # type: ignore[misc] # so that even these batches go in parts
    house = build_house("thrilltech", ["brand1", "brand2"], clock.now())
    pots = (
        value_pot(start=10, end=14, min_reseed_micros=5_000_000, initial_seed_micros=5_000_000),
        probability_pot(one_in=60, min_reseed_micros=1_000_000, initial_seed_micros=1_000_000),
    )
    instance = house.open(quiet_draft(pots=pots))
    requests = shuffled(house, instance, contributions, duplicates)
    shares = [requests[number::threads] for number in range(threads)]
    barrier = Barrier(threads)
    with ThreadPoolExecutor(threads) as pool:
        answers = [answer for share in pool.map(lambda share: work(share, barrier), shares) for answer in share]
    print(json.dumps(findings(house, instance, answers)))  # noqa: T201 - this is what the test reads


def shuffled(house: House, instance: Instance, contributions: int, duplicates: int) -> list[ContributionRequest]:
    """All requests once, some of them again, in an order that looks like none."""
    source = house.source_for(instance)
    dice = Random(4)
    once = [
        house.request(
            source,
            f"player_{number % 97}",
            brand_id=house.brands[number % 2].pk,
            currency=("EUR", "SEK")[number % 3 == 0],
        )
        for number in range(contributions)
    ]
    again = dice.sample(once, duplicates)
    requests = [*once, *again]
    dice.shuffle(requests)
    return requests


def work(share: list[ContributionRequest], barrier: Barrier) -> list[ContributionResult]:
    """One thread's part, in batches of every size."""
    dice = Random(len(share))
    results = []
    barrier.wait()
    try:
        while share:
            size = dice.randint(1, LARGEST_BATCH)
            batch, share = share[:size], share[size:]
            for answer in contribute(batch, now=clock.now()):
                assert isinstance(answer, ContributionResult), answer
                results.append(answer)
    finally:
        connection.close()
    return results


def findings(house: House, instance: Instance, answers: list[ContributionResult]) -> dict[str, object]:
    """What the test judges."""
    first = Counter(answer.gameround_id for answer in answers if not answer.is_replay)
    said: dict[str, set[tuple[object, ...]]] = {}
    for answer in answers:
        content = (answer.contribution_id, answer.win_micros, answer.win_pot_id, answer.accepted_at)
        said.setdefault(answer.gameround_id, set()).add(content)
    verification = verify_draws(house.scope)
    wins = Win.objects.values_list("pot_id", "cycle")
    grown = sum(pot.value_micros + pot.seed_micros for pot in Pot.objects.filter(instance=instance))
    return {
        "answers": len(answers),
        "stored": Contribution.objects.count(),
        "accepted_twice": [gameround for gameround, count in first.items() if count != 1],
        "game_rounds": len(said),
        "several_answers": [gameround for gameround, contents in said.items() if len(contents) != 1],
        "wins": len(wins),
        "wins_a_cycle": max(Counter(wins).values(), default=0),
        "versions": sorted(Pot.objects.values_list("version", flat=True)),
        "grown": grown,
        "violations": [str(violation) for violation in violations()],
        "draws": verification.draw_count,
        "mismatches": [str(mismatch) for mismatch in verification.mismatches],
    }


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
