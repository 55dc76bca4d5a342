"""From an integration to the transport that reads it."""

from backoffice.core.fields import unseal_json
from integrations.feeds.base import Transport
from integrations.feeds.rabbitmq import RabbitTransport
from integrations.feeds.read_ahead import ReadAhead
from integrations.feeds.replay import ReplayTransport
from integrations.kinds.registry import kind_of
from integrations.models import Integration
from integrations.wire.connections import RabbitConnection, ReplayConnection, read_connection


def transport_of(integration: Integration) -> Transport:
    """The transport, not yet open."""
    settings = integration.settings
    connection = read_connection(integration.transport, settings["connection"])
    if isinstance(connection, RabbitConnection):
        sealed = integration.sealed_credentials
        return ReadAhead(RabbitTransport(connection, unseal_json(bytes(sealed)) if sealed else {}))
    if not isinstance(connection, ReplayConnection):
        raise TypeError(f"Nothing reads the transport {integration.transport!r} here.")
    return ReplayTransport(kind_of(integration.kind), connection, settings["kind"], integration.pk.hex[:8])
