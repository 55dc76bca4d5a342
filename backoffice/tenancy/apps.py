"""The tenancy part of the kernel."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.tenancy"
    label = "tenancy"
