"""The approvals part of the kernel."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.approvals"
    label = "approvals"
