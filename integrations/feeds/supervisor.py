"""Runs the approved feeds inside a Celery worker of the queue `feeds`; nothing is restarted for a feed's sake."""

from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Final
from uuid import UUID

import structlog
from celery import bootsteps
from django.db import DatabaseError, InterfaceError, connection

from backoffice.core.garbage import spare_garbage
from integrations.feeds.kafka_client import MAIN
from integrations.feeds.start import YOUNG_OBJECTS, start_feed
from integrations.feeds.transports import SHARED, credential_sets_of
from integrations.models import Integration
from integrations.queries.running import active_integrations, taken_integrations, tripped_integrations

QUEUE: Final = "feeds"
POLL_SECONDS: Final = 1.0
DRAIN_SECONDS: Final = 15.0

log = structlog.get_logger(__name__)


# An integration, and the set of credentials that a part of it is read with.
Part = tuple[UUID, str]


@dataclass
class _Running:
    thread: Thread
    stop: Event


@dataclass
class Supervisor:
    """Looks each second at what should run. A feed that is free is taken at once; the more a worker already runs,
    the longer it leaves a free one to others. A feed that workers share is run by each of them."""

    poll_seconds: float = POLL_SECONDS
    _stop: Event = field(default_factory=Event)
    _running: dict[Part, _Running] = field(default_factory=dict)
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
        for (key, _), running in self._running.items():
            if key not in wanted:
                running.stop.set()
        self._take_free([one for one in wanted.values() if one.transport not in SHARED])
        self._share([one for one in wanted.values() if one.transport in SHARED])

    def _take_free(self, integrations: list[Integration]) -> None:
        taken = taken_integrations() if integrations else set()
        own = {key for key, _ in self._running}
        free = {one.pk: one for one in integrations if one.pk not in own and one.pk not in taken}
        self._free_for = {key: self._free_for.get(key, -1) + 1 for key in free}
        for key, integration in free.items():
            if self._free_for[key] >= min(len(self._running), 3):
                self._start(integration, MAIN)

    def _share(self, integrations: list[Integration]) -> None:
        tripped = tripped_integrations() if integrations else set()
        for integration in integrations:
            if integration.pk in tripped:
                continue
            for credential_set in _sets_of(integration):
                if (integration.pk, credential_set) not in self._running:
                    self._start(integration, credential_set)

    def _start(self, integration: Integration, credential_set: str) -> None:
        stop = Event()
        try:
            runner = start_feed(integration, stop, credential_set)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:
            # One integration that cannot be set up must not keep the others from running.
            log.exception("feed_not_started", integration=str(integration.pk))
            return
        if runner is None:
            return
        thread = Thread(target=runner.run, name=f"feed {integration.name} {credential_set}", daemon=True)
        self._running[integration.pk, credential_set] = _Running(thread, stop)
        log.info("feed_started", integration=str(integration.pk), credentials=credential_set)
        thread.start()

    def _drain(self) -> None:
        for running in self._running.values():
            running.stop.set()
        for running in self._running.values():
            running.thread.join(DRAIN_SECONDS)


def _sets_of(integration: Integration) -> list[str]:
    try:
        return credential_sets_of(integration)
    except Exception:
        # One integration whose kind cannot read its settings must not keep the others from running.
        log.exception("feed_not_started", integration=str(integration.pk))
        return []


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
        spare_garbage(young_objects=YOUNG_OBJECTS)
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
