"""Cease to be a member of those who read an integration."""

from integrations.models import FeedMember
from integrations.operations.own_partitions import Member


def leave_feed(member: Member) -> None:
    """Its row is gone; its partitions were released before."""
    FeedMember.objects.filter(
        operator_id=member.operator_id,
        integration_id=member.integration_id,
        credentials=member.credentials,
        owner=member.owner,
    ).delete()
