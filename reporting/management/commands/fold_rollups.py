"""manage.py fold_rollups [--rebuild]: bring the rollups up to date."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from backoffice.core import clock
from jackpots.operations.fold_ledger import fold_ledger
from jackpots.operations.reset_ledger_sums import reset_ledger_sums
from reporting.operations.fold_rollups import fold_rollups
from reporting.operations.reset_rollups import reset_rollups


class Command(BaseCommand):
    """Folds until nothing is left to fold."""

    help = "Folds the journal of contributions into the rollups of the reports, and the ledger into its days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--rebuild."""
        parser.add_argument("--rebuild", action="store_true", help="empty the rollups first and fold everything again")

    def handle(self, *args: Any, rebuild: bool = False, **options: Any) -> None:
        """One line for each batch, so that a long run shows where it is."""
        if rebuild:
            reset_rollups(now=clock.now())
            reset_ledger_sums(now=clock.now())
            self.stdout.write("The rollups are empty.")
        total = 0
        while folded := fold_rollups(now=clock.now()):
            total += folded
            self.stdout.write(f"{total:,} contributions folded")
        while fold_ledger(now=clock.now()):
            pass
        self.stdout.write(self.style.SUCCESS(f"The rollups are up to date: {total:,} contributions folded."))
