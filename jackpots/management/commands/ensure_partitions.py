"""manage.py ensure_partitions: makes the ledger's next months."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.core import clock
from jackpots.operations.ensure_partitions import ensure_partitions


class Command(BaseCommand):
    """Makes the partitions of the ledger that are missing, a year back and a year ahead."""

    help = "Makes the monthly partitions of the ledger that are not there yet."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Make them and name them."""
        made = ensure_partitions(now=clock.now())
        months = ", ".join(f"{month:%Y-%m}" for month in made)
        self.stdout.write(f"Made {months}." if made else "Every month is there.")
