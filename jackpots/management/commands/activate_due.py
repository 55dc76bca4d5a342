"""manage.py activate_due: writes down what the schedules of instances have brought about."""

from typing import Any

from django.core.management.base import BaseCommand

from backoffice.core import clock
from jackpots.operations.activate_due import activate_due


class Command(BaseCommand):
    """What beat does every few seconds, once."""

    help = "Activates and terminates the instances whose start or end has passed."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it and say how many."""
        self.stdout.write(f"{activate_due(now=clock.now())} instances changed.")
