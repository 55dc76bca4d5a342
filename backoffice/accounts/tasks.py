"""What time does to logins."""

from celery import shared_task
from django.contrib.sessions.backends.cached_db import SessionStore


@shared_task
def forget_sessions() -> None:
    """Deletes the sessions that have expired; nothing else ever does."""
    SessionStore.clear_expired()
