"""The api part of the kernel."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.api"
    label = "api"
