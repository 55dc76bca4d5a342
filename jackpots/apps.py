"""The jackpots app."""

from django.apps import AppConfig


class JackpotsConfig(AppConfig):
    """Django's name for the app."""

    name = "jackpots"
