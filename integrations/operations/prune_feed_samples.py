"""Forget samples of feeds that no chart reaches back to."""

from datetime import datetime, timedelta

from integrations.models import FeedSample


def prune_feed_samples(*, now: datetime, kept: timedelta) -> int:
    """How many were forgotten."""
    return FeedSample.objects.filter(at__lt=now - kept).delete()[0]
