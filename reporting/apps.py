"""The reporting app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Django's name for the app."""

    name = "reporting"
