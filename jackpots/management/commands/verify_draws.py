"""manage.py verify_draws: recomputes every draw from its secret."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from backoffice.tenancy.scope import Scope
from jackpots.queries.exported_draws import export_draws
from jackpots.queries.round_check import verify_rounds
from jackpots.queries.verification import verify_draws


class Command(BaseCommand):
    """Lists every draw that does not follow from its secret and exits 1, or says how many do."""

    help = "Recomputes all recorded draws, of ended cycles and of running ones, and their wins."

    def add_arguments(self, parser: CommandParser) -> None:
        """Narrow it down to an operator or to instances."""
        parser.add_argument("--operator", help="only this operator's draws")
        parser.add_argument("--instance", type=UUID, action="append", help="only this instance; may be repeated")
        parser.add_argument("--export", type=Path, metavar="DIRECTORY", help="also write what is published of them")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Recompute, print, and exit."""
        verification = verify_draws(Scope(options["operator"]), instance_ids=options["instance"])
        for mismatch in verification.mismatches:
            self.stdout.write(str(mismatch))
        rounds = verify_rounds(Scope(options["operator"]), instance_ids=options["instance"])
        for fault in rounds.faults:
            self.stdout.write(fault)
        count = len(verification.mismatches) + len(rounds.faults)
        self.stdout.write(
            f"{verification.draw_count} draws of {verification.cycle_count} cycles, {rounds.winner_count} winners of "
            f"{rounds.round_count} rounds recomputed, " + (f"{count} mismatches." if count else "all as recorded.")
        )
        if options["export"]:
            files = list(export_draws(Scope(options["operator"]), options["export"]))
            self.stdout.write(f"{len(files)} files written to {options['export']}.")
        if count:
            raise SystemExit(1)
