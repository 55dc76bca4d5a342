"""`manage.py traffic start|stop|status`: the generator's switch."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backoffice.core import clock
from backoffice.demo.operations.count_traffic import Seen, count_traffic
from backoffice.demo.operations.switch_traffic import switch_traffic


class Command(BaseCommand):
    """Switches, and prints the counters."""

    help = "Start or stop the demo's traffic generator, or print its counters."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do."""
        parser.add_argument("act", choices=["start", "stop", "status"])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        now = clock.now()
        if options["act"] != "status":
            switch_traffic(is_running=options["act"] == "start", now=now)
        traffic = count_traffic(Seen(), now=now)
        self.stdout.write(
            f"{traffic}: {traffic.sent_count} sent, {traffic.accepted_count} accepted, "
            f"{traffic.refused_count} refused, {traffic.failed_count} failed, {traffic.win_count} wins"
        )
