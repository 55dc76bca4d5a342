"""The health part of the kernel."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from backoffice.health.boot import check_database


class HealthConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.health"
    label = "health"

    def ready(self) -> None:
        """Puts the boot checks among those of `manage.py check --deploy --database default`."""
        register(check_database, Tags.database, deploy=True)
