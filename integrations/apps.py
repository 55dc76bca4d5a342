"""The integrations app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Django's name for the app."""

    name = "integrations"
