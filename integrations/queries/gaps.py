"""Messages that were gone before they were read."""

from uuid import UUID

from integrations.models import FeedGap


def open_gaps(key: UUID) -> list[FeedGap]:
    """Gaps of an integration the caller may see that reading did not go on from yet, the oldest first."""
    return list(FeedGap.objects.filter(integration_id=key, resumed_at=None).order_by("pk"))
