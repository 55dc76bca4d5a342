"""A task that writes down what its log lines would carry."""

from typing import Any

import structlog
from celery import shared_task

seen: list[dict[str, Any]] = []


@shared_task
def look_around() -> None:
    seen.append(dict(structlog.contextvars.get_contextvars()))
