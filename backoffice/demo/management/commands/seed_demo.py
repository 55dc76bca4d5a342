"""`manage.py seed_demo`: the demo's operators and ninety days of their history."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backoffice.core import clock
from backoffice.demo.definitions import HISTORY_CONTRIBUTIONS, HISTORY_DAYS
from backoffice.demo.operations.load_integrations import load_integrations
from backoffice.demo.operations.load_jackpots import load_jackpots, load_waiting_work
from backoffice.demo.operations.load_people import load_people
from backoffice.demo.operations.load_raffles import load_raffles
from backoffice.demo.operations.make_history import make_history


class Command(BaseCommand):
    """Makes what is missing; a second run changes nothing."""

    help = "Load the demo's operators, jackpots and history. Refuses to run in production."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much history to make."""
        parser.add_argument("--contributions", type=int, default=HISTORY_CONTRIBUTIONS)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the steps in order."""
        if settings.ENVIRONMENT == "production":
            raise CommandError("The demo does not run with production settings.")
        now = clock.now()
        start = now - timedelta(days=HISTORY_DAYS)
        load_people(now=start)
        load_jackpots(now=start)
        made = make_history(start=start, end=now, count=options["contributions"])
        load_waiting_work(now=now)
        load_raffles(now=now)
        load_integrations(now=now)
        if made:
            self.stdout.write(f"{made} contributions of the last {HISTORY_DAYS} days are made.")
