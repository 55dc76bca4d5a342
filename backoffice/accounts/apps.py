"""The accounts part of the kernel."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Django's name for the app."""

    name = "backoffice.accounts"
    label = "accounts"
