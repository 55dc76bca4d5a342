"""`manage.py consume_feed <integration>`: run one feed by itself, until SIGTERM."""

import signal
from argparse import ArgumentParser
from threading import Event, Thread
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from backoffice.core.garbage import spare_garbage
from integrations.feeds.base import TransportProblem
from integrations.feeds.runner import Runner
from integrations.feeds.start import YOUNG_OBJECTS, start_feed
from integrations.feeds.transports import credential_sets_of
from integrations.queries.running import find_integration

LISTEN_SECONDS: Final = 0.2


class Command(BaseCommand):
    """Exit code 0 when it was asked to stop, 1 when the feed cannot be run."""

    help = "Runs the feed of a connected integration until SIGTERM or SIGINT; the batch in hand is finished first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, and for how long."""
        parser.add_argument("integration", help="id or name of a connected integration")
        parser.add_argument("--until-empty", action="store_true", help="end once nothing waits any more")

    def handle(self, *_args: Any, integration: str, until_empty: bool, **_options: Any) -> None:
        """Own the feed and run it."""
        found = find_integration(integration)
        if found is None:
            raise CommandError(f"No connected integration is called {integration!r}, or more than one is: give its id.")
        spare_garbage(young_objects=YOUNG_OBJECTS)
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        runners = [start_feed(found, stop, credential_set) for credential_set in credential_sets_of(found)]
        owned = [runner for runner in runners if runner is not None]
        if not owned:
            raise CommandError("Another process owns this feed, or its breaker stopped it.")
        self.stdout.write(f"Reading for {found.name}.")
        if until_empty:
            self.stdout.write(f"{sum(_emptied(runner) for runner in owned)} messages.")
            return
        threads = [Thread(target=runner.run, daemon=True) for runner in owned]
        for thread in threads:
            thread.start()
        # A signal is heard by this thread, and only while it does not wait for ever.
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(LISTEN_SECONDS)


def _emptied(runner: Runner) -> int:
    try:
        return runner.run_until_idle()
    except TransportProblem as problem:
        raise CommandError(problem.detail) from None
    finally:
        runner.leave()
