"""The project: its wiring at the top, its kernel below."""

from backoffice.celery import app as celery_app

__all__ = ["celery_app"]
