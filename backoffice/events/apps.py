"""The events part of the kernel."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.events"
    label = "events"
