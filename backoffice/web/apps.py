"""The web part of the kernel."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.web"
    label = "web"
