"""manage.py check_invariants: re-proves from the rows what must always hold."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jackpots.queries.invariants import violations


class Command(BaseCommand):
    """Lists every violated invariant and exits 1, or says that there is none."""

    help = "Checks the invariants of money, journal, states and feeds in one read-only transaction."

    def add_arguments(self, parser: CommandParser) -> None:
        """The command's one option."""
        parser.add_argument("--json", action="store_true", help="print a JSON list instead of lines")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, print, and exit."""
        found = violations()
        if options["json"]:
            self.stdout.write(json.dumps([violation._asdict() for violation in found]))
        else:
            for violation in found:
                self.stdout.write(str(violation))
            self.stdout.write(f"{len(found)} violations." if found else "Every invariant holds.")
        if found:
            raise SystemExit(1)
