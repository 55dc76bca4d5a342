"""manage.py relay_outbox: numbers and relays the outbox without a Celery worker."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from redis.exceptions import RedisError

from backoffice.core import clock
from backoffice.core.errors import Refusal
from backoffice.events.operations.forget_subscriber import forget_subscriber
from backoffice.events.operations.publish_stream import publish_stream
from backoffice.events.operations.relay_events import relay_events
from backoffice.events.operations.sequence_outbox import sequence_outbox
from backoffice.events.queries import cursors
from backoffice.events.stream import stream_client
from backoffice.events.subscribers import subscribers


class Command(BaseCommand):
    """Once by default; `--watch` goes on until SIGTERM."""

    help = "Numbers the events of the outbox and hands them to their subscribers."

    def add_arguments(self, parser: CommandParser) -> None:
        """The ways to run it."""
        parser.add_argument("--watch", action="store_true", help="go on until SIGTERM or Ctrl-C")
        parser.add_argument("--every", type=float, default=0.5, metavar="SECONDS", help="how often, with --watch")
        parser.add_argument("--status", action="store_true", help="only show the cursors")
        parser.add_argument("--forget", metavar="NAME", help="drop the cursor of a subscriber that is gone")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Does what was asked."""
        if options["forget"]:
            try:
                forget_subscriber(options["forget"])
            except Refusal as refusal:
                raise CommandError(refusal.message) from refusal
        elif options["watch"]:
            self.watch(options["every"])
        elif not options["status"]:
            self.relay()
        if not options["watch"]:
            self.show()

    def watch(self, every: float) -> None:
        """Relays again and again; the event in hand is finished before the end."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.wait(every):
            self.relay()

    def relay(self) -> None:
        """One round."""
        numbered = sequence_outbox()
        if numbered:
            self.stdout.write(f"{numbered} numbered")
        for subscriber in subscribers():
            relayed = relay_events(subscriber, now=clock.now())
            if relayed.handled or relayed.dead:
                self.stdout.write(f"{subscriber}: {relayed.handled} handled, {relayed.dead} dead letters")
        try:
            with stream_client() as client:
                publish_stream(client, now=clock.now())
        except (RedisError, OSError) as error:
            self.stderr.write(f"The stream was not filled: {error}")

    def show(self) -> None:
        """A line a cursor."""
        for cursor in cursors():
            gone = "" if cursor.is_known else " (no such subscriber any more)"
            self.stdout.write(f"{cursor.subscriber} at {cursor.sequence}, {cursor.behind} behind{gone}")
