"""From an integration to a runner that owns its feed, or shares it."""

import os
import socket
from threading import Event
from typing import Final

from django.conf import settings

from integrations.feeds.assignment import Assignment
from integrations.feeds.kafka_client import MAIN
from integrations.feeds.member import MemberRunner
from integrations.feeds.runner import FeedRunner, Runner
from integrations.feeds.transports import SHARED, shared_transport_of, transport_of
from integrations.kinds.registry import kind_of
from integrations.models import Integration
from integrations.operations.own_feed import own_feed
from integrations.operations.own_partitions import Member
from integrations.queries.running import is_tripped, next_offset_of
from integrations.wire.connections import topic_of

# A batch is made of some hundred thousand objects, none of which refers to itself: all are gone when it is committed.
# To search them again after every 700 took a fifth of what a message costs.
YOUNG_OBJECTS: Final = 100_000

PROCESS: Final = f"{socket.gethostname()}:{os.getpid()}"


def start_feed(integration: Integration, stop: Event, credential_set: str = MAIN) -> Runner | None:
    """A runner, ready to run; None while another process owns the feed, or its breaker stopped it.

    A feed that is shared has a runner in each process, for each of its sets of credentials.
    """
    if integration.transport in SHARED:
        return None if is_tripped(integration) else _member(integration, stop, credential_set)
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


def _member(integration: Integration, stop: Event, credential_set: str) -> MemberRunner:
    assignment = Assignment(Member(integration.operator_id, integration.pk, credential_set, PROCESS))
    decoder = kind_of(integration.kind).decoder(integration.settings["kind"])
    return MemberRunner(
        kind=integration.kind,
        decoder=decoder,
        transport=shared_transport_of(integration, assignment, decoder),
        assignment=assignment,
        stop=stop,
        batch_size=settings.FEED_BATCH_MESSAGES,
        lease_seconds=settings.FEED_LEASE_SECONDS,
    )
