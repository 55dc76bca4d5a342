"""The audit part of the kernel."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.audit"
    label = "audit"
