"""From an integration to the transport that reads it."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from backoffice.core.fields import unseal_json
from integrations.feeds.assignment import Assignment
from integrations.feeds.base import Transport
from integrations.feeds.kafka import KafkaTransport
from integrations.feeds.kafka_client import MAIN, client_settings
from integrations.feeds.rabbitmq import RabbitTransport
from integrations.feeds.read_ahead import ReadAhead
from integrations.feeds.redis_stream import RedisStreamTransport
from integrations.feeds.replay import ReplayTransport
from integrations.kinds.base import Decoder
from integrations.kinds.registry import kind_of
from integrations.models import Integration
from integrations.wire.connections import (
    KafkaConnection,
    RabbitConnection,
    RedisStreamConnection,
    ReplayConnection,
    read_connection,
)

# Every worker may read these: the broker says which of them reads what.
SHARED: Final = frozenset({"kafka"})


def transport_of(integration: Integration) -> Transport:
    """The transport of a feed that one process owns, not yet open."""
    settings = integration.settings
    connection = read_connection(integration.transport, settings["connection"])
    if isinstance(connection, RabbitConnection):
        return ReadAhead(RabbitTransport(connection, credentials_of(integration)))
    if isinstance(connection, RedisStreamConnection):
        return RedisStreamTransport(integration.operator_id, integration.pk)
    if not isinstance(connection, ReplayConnection):
        raise TypeError(f"Nothing reads the transport {integration.transport!r} here.")
    return ReplayTransport(kind_of(integration.kind), connection, settings["kind"], integration.pk.hex[:8])


def shared_transport_of(integration: Integration, assignment: Assignment, decoder: Decoder) -> Transport:
    """The transport of one member of a feed that several processes share, not yet open."""
    connection = read_connection(integration.transport, integration.settings["connection"])
    if not isinstance(connection, KafkaConnection):
        raise TypeError(f"Nobody shares the transport {integration.transport!r}.")
    credential_set = assignment.member.credentials
    return ReadAhead(
        KafkaTransport(
            connection,
            _client(integration, connection, credential_set),
            topics=topics_of(integration, credential_set),
            group=group_of(integration, connection, credential_set),
            assignment=assignment,
        ),
        decoder,
    )


def credentials_of(integration: Integration) -> dict[str, str]:
    """Unsealed; only transports look at them."""
    sealed = integration.sealed_credentials
    return unseal_json(bytes(sealed)) if sealed else {}


def credential_sets_of(integration: Integration) -> list[str]:
    """With which sets of credentials the integration is read, one reader for each."""
    if integration.transport not in SHARED:
        return [MAIN]
    topics = kind_of(integration.kind).topics(integration.settings["kind"])
    return sorted({topic.credentials for topic in topics})


def topics_of(integration: Integration, credential_set: str) -> Sequence[str]:
    """The topics that the set may read."""
    topics = kind_of(integration.kind).topics(integration.settings["kind"])
    return [topic.name for topic in topics if topic.credentials == credential_set]


def group_of(integration: Integration, connection: KafkaConnection, credential_set: str) -> str:
    """The consumer group; each set has its own, for one login need not know the topics of another."""
    group = connection.group or f"potluck-{integration.pk}"
    return group if credential_set == MAIN else f"{group}-{credential_set}"


def _client(integration: Integration, connection: KafkaConnection, credential_set: str) -> Callable[[], dict[str, Any]]:
    """Asked at each opening: whether the brokers may be reached can change."""
    return lambda: client_settings(connection, credentials_of(integration), credential_set)
