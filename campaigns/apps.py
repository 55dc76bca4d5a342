"""The campaigns app."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Django's name for the app."""

    name = "campaigns"
