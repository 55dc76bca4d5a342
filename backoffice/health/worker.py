"""The boot checks of a Celery worker."""

from typing import Any

from celery import bootsteps

from backoffice.health.boot import refuse_unsafe_start


class BootChecks(bootsteps.Step):
    """A worker that would lose what was acknowledged does not start."""

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        refuse_unsafe_start()
