"""The Celery application; what it runs and when is in backoffice/schedule.py."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

app = Celery("potluck")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("backoffice.health.worker:BootChecks")
app.steps["worker"].add(DjangoStructLogInitStep)
app.steps["worker"].add("integrations.feeds.supervisor:FeedSupervisorStep")


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """Django's LOGGING stands; Celery would replace it."""
