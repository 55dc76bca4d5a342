"""Opens the jackpots that the load goes to: one pot, which grows with every contribution and drops by value; four pots
that are shared with the community; and a raffle."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from backoffice.core import clock
from backoffice.demo.definitions import UNIT, JackpotDefinition
from backoffice.demo.operations.load_jackpots import open_jackpot
from jackpots.rules.terms import PotTerms, PrizeTerms, StrategyTerms, TemplateTerms

OPERATOR = "thrilltech"
HOT = TemplateTerms(
    template_id="", currency="EUR", contribution_micros=100_000, operator_contribution_ppm=1_000_000,
    household_ppm=100_000, opt_in_required=False, maximum_base_wager_micros=10_000 * UNIT,
    pots=(
        PotTerms(
            code="hot", position=0, share_ppm=900_000, seed_share_ppm=300_000, min_reseed_micros=100 * UNIT,
            initial_seed_micros=100 * UNIT, is_progressive=True, kind="value", value_from_micros=500 * UNIT,
            value_to_micros=1_500 * UNIT,
        ),
    ),
)  # fmt: skip
FULL = TemplateTerms(
    template_id="", currency="EUR", contribution_micros=100_000, operator_contribution_ppm=1_000_000,
    household_ppm=100_000, opt_in_required=False, maximum_base_wager_micros=10_000 * UNIT,
    pots=(
        PotTerms(
            code="mega", position=0, share_ppm=300_000, seed_share_ppm=200_000, min_reseed_micros=500 * UNIT,
            initial_seed_micros=500 * UNIT, is_progressive=True, kind="probability", max_magic_number=200_000,
            cost_per_attempt_micros=100_000, ceiling_micros=50_000 * UNIT,
        ),
        PotTerms(
            code="major", position=1, share_ppm=250_000, seed_share_ppm=200_000, min_reseed_micros=100 * UNIT,
            initial_seed_micros=100 * UNIT, is_progressive=True, kind="value", value_from_micros=500 * UNIT,
            value_to_micros=1_500 * UNIT, segments=(1, 2, 1),
        ),
        PotTerms(
            code="minor", position=2, share_ppm=200_000, seed_share_ppm=200_000, min_reseed_micros=50 * UNIT,
            initial_seed_micros=50 * UNIT, is_progressive=True, kind="value", value_from_micros=250 * UNIT,
            value_to_micros=750 * UNIT,
        ),
        PotTerms(
            code="mini", position=3, share_ppm=150_000, seed_share_ppm=200_000, min_reseed_micros=20 * UNIT,
            initial_seed_micros=20 * UNIT, is_progressive=True, kind="probability", max_magic_number=20_000,
            cost_per_attempt_micros=100_000, ceiling_micros=5_000 * UNIT,
        ),
    ),
    strategies=(
        StrategyTerms(position=0, kind="active", share_ppm=100_000, count=10, hours=1),
        StrategyTerms(position=1, kind="lifetime", share_ppm=50_000, count=10),
        StrategyTerms(position=2, kind="per_win", share_ppm=50_000, count=10),
    ),
)  # fmt: skip
RAFFLE = TemplateTerms(
    template_id="", jackpot_type="Raffle", currency="EUR", contribution_micros=100_000,
    operator_contribution_ppm=1_000_000, household_ppm=100_000, opt_in_required=False, ticket_price_micros=UNIT,
    ticket_metric="base_wager", duration_count=1, duration_unit="days",
    pots=(
        PotTerms(
            code="raffle", position=0, share_ppm=900_000, seed_share_ppm=0, min_reseed_micros=0, initial_seed_micros=0,
            is_progressive=True, kind="raffle",
        ),
    ),
    prizes=(PrizeTerms(rank=1, kind="share", share_ppm=500_000),),
)  # fmt: skip


def main() -> None:
    """Open them all."""
    now = clock.now()
    open_jackpot(JackpotDefinition(OPERATOR, "Hot pot", "hot-pot", "One hot pot", HOT, 0, ()), now=now)
    open_jackpot(JackpotDefinition(OPERATOR, "Full", "full-jackpot", "Four pots", FULL, 0, ()), now=now)
    raffle = JackpotDefinition(OPERATOR, "Hot raffle", "hot-raffle", "A raffle", RAFFLE, 0, ())
    open_jackpot(raffle, now=now, starts_at=now)


if __name__ == "__main__":
    main()
