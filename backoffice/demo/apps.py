"""The demo part of the kernel."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.demo"
    label = "demo"
