"""Opens the jackpot that the load goes to: one pot, which grows with every contribution and drops by value."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
django.setup()

from backoffice.core import clock
from backoffice.demo.definitions import UNIT, JackpotDefinition
from backoffice.demo.operations.load_jackpots import open_jackpot
from jackpots.rules.terms import PotTerms, TemplateTerms

SOURCE_ID = "hot-pot"
POT = PotTerms(
    code="hot", position=0, share_ppm=900_000, seed_share_ppm=300_000, min_reseed_micros=100 * UNIT,
    initial_seed_micros=100 * UNIT, is_progressive=True, kind="value", value_from_micros=500 * UNIT,
    value_to_micros=1_500 * UNIT,
)  # fmt: skip
TERMS = TemplateTerms(
    template_id="", currency="EUR", contribution_micros=100_000, operator_contribution_ppm=1_000_000,
    household_ppm=100_000, opt_in_required=False, maximum_base_wager_micros=10_000 * UNIT, pots=(POT,),
)  # fmt: skip

if __name__ == "__main__":
    open_jackpot(JackpotDefinition("thrilltech", "Hot pot", SOURCE_ID, "One hot pot", TERMS, 0, ()), now=clock.now())
