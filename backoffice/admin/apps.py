"""Django's admin, for the platform."""

from django.contrib.admin.apps import AdminConfig


class PlatformAdminConfig(AdminConfig):
    """Takes the place of django.contrib.admin in INSTALLED_APPS."""

    default_site = "backoffice.admin.site.PlatformAdminSite"

    def ready(self) -> None:
        """Registers the models of every app, all of them to be read only."""
        super().ready()
        # Not before the apps are ready, as everything that touches models.
        from backoffice.admin.models import register_all  # noqa: PLC0415

        register_all()
