"""Runs the approved feeds inside a Celery worker of the queue `feeds`; nothing is restarted for a feed's sake."""

from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID

import structlog
from celery import bootsteps
from django.db import DatabaseError, InterfaceError, connection

from integrations.feeds.start import start_feed
from integrations.models import Integration
from integrations.queries.running import active_integrations, taken_integrations

QUEUE: Final = "feeds"
POLL_SECONDS: Final = 1.0
DRAIN_SECONDS: Final = 15.0

log = structlog.get_logger(__name__)


@dataclass
class _Running:
    thread: Thread
    stop: Event


@dataclass
class Supervisor:
    """Looks each second at what should run. A feed that is free is taken at once; the more a worker already runs,
    the longer it leaves a free one to others."""

    poll_seconds: float = POLL_SECONDS
    _stop: Event = field(default_factory=Event)
    _running: dict[UUID, _Running] = field(default_factory=dict)
    _free_for: dict[UUID, int] = field(default_factory=dict)

    def run(self) -> None:
        """Until stopped; then every feed is drained."""
        while not self._stop.is_set():
            try:
                self.look()
            except (DatabaseError, InterfaceError) as error:
                log.warning("feeds_not_looked_after", error=str(error)[:200])
            connection.close()
            self._stop.wait(self.poll_seconds)
        self._drain()

    def stop(self) -> None:
        """Ask to drain and to end."""
        self._stop.set()

    def look(self) -> None:
        """One round: forget what ended, stop what was disconnected, start what nobody runs."""
        self._running = {key: running for key, running in self._running.items() if running.thread.is_alive()}
        wanted = {integration.pk: integration for integration in active_integrations()}
        for key, running in self._running.items():
            if key not in wanted:
                running.stop.set()
        taken = taken_integrations() if wanted else set()
        free = {
            key: integration for key, integration in wanted.items() if key not in self._running and key not in taken
        }
        self._free_for = {key: self._free_for.get(key, -1) + 1 for key in free}
        for key, integration in free.items():
            if self._free_for[key] >= min(len(self._running), 3):
                self._start(integration)

    def _start(self, integration: Integration) -> None:
        stop = Event()
        try:
            runner = start_feed(integration, stop)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            # One integration that cannot be set up must not keep the others from running.
            log.exception("feed_not_started", integration=str(integration.pk))
            return
        if runner is None:
            return
        thread = Thread(target=runner.run, name=f"feed {integration.name}", daemon=True)
        self._running[integration.pk] = _Running(thread, stop)
        log.info("feed_started", integration=str(integration.pk), epoch=runner.owned.epoch)
        thread.start()

    def _drain(self) -> None:
        for running in self._running.values():
            running.stop.set()
        for running in self._running.values():
            running.thread.join(DRAIN_SECONDS)


class FeedSupervisorStep(bootsteps.StartStopStep):
    """Celery's part: the supervisor lives as long as a worker that consumes the queue `feeds`."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self._supervisor: Supervisor | None = None
        self._thread: Thread | None = None

    def include_if(self, worker: Any) -> bool:
        """Only where the queue is read."""
        return QUEUE in worker.app.amqp.queues.consume_from

    def start(self, worker: Any) -> None:
        """In a thread of its own, so that the worker goes on."""
        self._supervisor = Supervisor()
        self._thread = Thread(target=self._supervisor.run, name="feeds", daemon=True)
        self._thread.start()

    def stop(self, worker: Any) -> None:
        """Drain the feeds."""
        if self._supervisor is not None and self._thread is not None:
            self._supervisor.stop()
            self._thread.join(DRAIN_SECONDS + 5)
            self._thread = None

    def terminate(self, worker: Any) -> None:
        """The same, when the worker is in a hurry."""
        self.stop(worker)
