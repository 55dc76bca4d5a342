"""What an integration takes from a broker, and whether another one would go without it."""

from typing import Final

from integrations.kinds.base import Topic
from integrations.kinds.registry import kinds
from integrations.models import Integration, IntegrationState
from integrations.wire.connections import KafkaConnection, RabbitConnection, read_connection

Claim = tuple[str, ...]
_SHARED: Final = ("kafka", "rabbitmq")


def obstacle_to(row: Integration) -> str:
    """Why it must not be connected beside what is there, as a sentence; empty where nothing is in the way.

    A consumer group shares a topic's messages out among its members: two integrations in one group would each miss
    what the other gets. And what lies on our own brokers under a name that one operator uses is no other's to read.
    """
    others = Integration.objects.filter(transport__in=_SHARED).exclude(pk=row.pk)
    groups, names = group_claims(row), own_names(row)
    if groups:
        for other in others.filter(state=IntegrationState.ACTIVE, transport="kafka"):
            if groups & group_claims(other):
                who = f" by {other.name}" if other.operator_id == row.operator_id else ""
                return f"The consumer group is in use for the same topics{who}; disconnect that one, or name another."
    if names:
        used = others.filter(state__in=[IntegrationState.ACTIVE, IntegrationState.DISCONNECTED])
        for other in used.exclude(operator_id=row.operator_id):
            if taken := sorted(names & own_names(other)):
                return f"The name {taken[0][1]} is taken on our own broker."
    return ""


def group_claims(row: Integration) -> frozenset[Claim]:
    """Broker, group and topic of whatever it reads in a group that was named; a group of its own is nobody else's."""
    connection = read_connection(row.transport, row.settings["connection"])
    if not isinstance(connection, KafkaConnection) or not connection.group:
        return frozenset()
    where = connection.brokers.split(",") if connection.server == "partner" else ["ours"]
    return frozenset(
        (broker.strip().casefold(), connection.group, topic.credentials, topic.name)
        for broker in where
        for topic in _topics(row)
    )


def own_names(row: Integration) -> frozenset[Claim]:
    """Transport and name of the topics, or of the queue and the exchange, that it uses on our own brokers."""
    connection = read_connection(row.transport, row.settings["connection"])
    if isinstance(connection, KafkaConnection) and connection.server == "ours":
        return frozenset((row.transport, topic.name) for topic in _topics(row))
    if isinstance(connection, RabbitConnection) and connection.server == "ours":
        return frozenset((row.transport, name) for name in (connection.queue, connection.exchange) if name)
    return frozenset()


def names_approved_for(operator_id: str, transport: str) -> frozenset[str]:
    """The names on our own brokers that the operator reads, or once read, with a second person's consent."""
    states = [IntegrationState.ACTIVE, IntegrationState.DISCONNECTED]
    rows = Integration.objects.filter(operator_id=operator_id, transport=transport, state__in=states)
    return frozenset(name for row in rows for _, name in own_names(row))


def _topics(row: Integration) -> tuple[Topic, ...]:
    kind = kinds().get(row.kind)
    return kind.topics(row.settings["kind"]) if kind is not None else ()
