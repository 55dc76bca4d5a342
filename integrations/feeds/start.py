"""From an integration to a runner that owns its feed."""

import os
import socket
from threading import Event
from typing import Final

from django.conf import settings

from integrations.feeds.runner import FeedRunner
from integrations.feeds.transports import transport_of
from integrations.kinds.registry import kind_of
from integrations.models import Integration
from integrations.operations.own_feed import own_feed
from integrations.queries.running import next_offset_of
from integrations.wire.connections import topic_of

PROCESS: Final = f"{socket.gethostname()}:{os.getpid()}"


def start_feed(integration: Integration, stop: Event) -> FeedRunner | None:
    """A runner, ready to run; None while another process owns the feed."""
    topic = topic_of(integration.transport, integration.settings["connection"])
    owned = own_feed(integration, topic, owner=PROCESS, lease_seconds=settings.FEED_LEASE_SECONDS)
    if owned is None:
        return None
    return FeedRunner(
        owned=owned,
        kind=integration.kind,
        decoder=kind_of(integration.kind).decoder(integration.settings["kind"]),
        transport=transport_of(integration),
        next_offset=next_offset_of(owned.position_id),
        stop=stop,
        lease_seconds=settings.FEED_LEASE_SECONDS,
    )
