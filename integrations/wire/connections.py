"""How each transport is reached: the settings of a connection, without its secrets."""

import re
from typing import Annotated, Any, Final, Literal

import msgspec

from integrations.wire.decoded import SettingsError

_BROKER: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?:[0-9]{1,5}")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
Short = Annotated[str, msgspec.Meta(max_length=200)]


class RabbitConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A queue of RabbitMQ. `server` says whose: a partner's queue is never declared by us; our own is, and is bound
    to `exchange` where one is named."""

    server: Literal["partner", "ours"] = "partner"
    host: Short = ""
    port: Port = 5672
    virtual_host: Short = "/"
    use_tls: bool = False
    queue: Short
    exchange: Short = ""
    routing_key: Short = "#"
    prefetch: Annotated[int, msgspec.Meta(ge=1, le=5_000)] = 2_000


class KafkaConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Kafka cluster, `server` says whose. Which topics are read is the kind's to say; `group` names the consumer
    group, or is empty for one derived from the integration's id. A topic that was never read is read from `start`."""

    server: Literal["partner", "ours"] = "partner"
    brokers: Annotated[str, msgspec.Meta(max_length=500)] = ""
    security: Literal["sasl_ssl", "sasl_plaintext", "ssl", "plaintext"] = "sasl_ssl"
    mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    authority: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    group: Short = ""
    start: Literal["earliest", "latest"] = "earliest"


class RedisStreamConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The stream of our own events in our own Redis; nothing about it is the operator's to choose."""


class HttpConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages that partners push to us with a service account's token."""


class ReplayConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sample messages instead of a broker: `sample` names a file of the kind, or `generated`."""

    sample: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,60}$")] = "generated"
    per_second: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 5
    player_count: Annotated[int, msgspec.Meta(ge=1, le=99_999)] = 200


Connection = RabbitConnection | KafkaConnection | RedisStreamConnection | HttpConnection | ReplayConnection
Shape = type[Connection]
SHAPES: Final[dict[str, Shape]] = {
    "rabbitmq": RabbitConnection,
    "kafka": KafkaConnection,
    "redis_stream": RedisStreamConnection,
    "http": HttpConnection,
    "replay": ReplayConnection,
}
TITLES: Final = {
    "rabbitmq": "RabbitMQ",
    "kafka": "Kafka",
    "redis_stream": "Redis stream",
    "http": "HTTP",
    "replay": "Replay of samples",
}


def read_connection(transport: str, raw: Any) -> Connection:
    """The connection as a transport takes it. SettingsError names the field at fault."""
    shape = SHAPES.get(transport)
    if shape is None:
        raise SettingsError("transport", f"There is no transport {transport!r}.")
    connection: Connection = convert_settings(raw, shape)
    if isinstance(connection, RabbitConnection):
        _check_rabbit(connection)
    if isinstance(connection, KafkaConnection):
        _check_kafka(connection)
    return connection


def convert_settings(raw: Any, shape: type[Any]) -> Any:
    """The JSON value as the struct. SettingsError names the field, as msgspec's path tells it."""
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        field = re.sub(r"\[.*?\]", "", path.rstrip("`")).strip(".").split(".")[0]
        if not field and (missing := re.search(r"`([^`]+)`$", message)):
            field = missing.group(1)
        raise SettingsError(field, f"{message}.") from None


def _check_rabbit(connection: RabbitConnection) -> None:
    if not connection.queue.strip():
        raise SettingsError("queue", "Name the queue to read.")
    if connection.server == "partner" and not _HOST.fullmatch(connection.host):
        raise SettingsError("host", "Give the host name or address of the partner's RabbitMQ.")


def _check_kafka(connection: KafkaConnection) -> None:
    brokers = [broker.strip() for broker in connection.brokers.split(",")]
    if connection.server == "partner" and not all(_BROKER.fullmatch(broker) for broker in brokers):
        raise SettingsError("brokers", "Give host:port of the partner's brokers, with commas between them.")
    if connection.authority and "-----BEGIN CERTIFICATE-----" not in connection.authority:
        raise SettingsError("authority", "Paste the certificate authority as PEM text.")


def topic_of(transport: str, raw: Any) -> str:
    """The name under which positions and dead letters of the connection are kept."""
    connection = read_connection(transport, raw)
    return connection.queue if isinstance(connection, RabbitConnection) else transport


def shape_of(transport: str) -> Shape:
    """The struct of the transport's settings, or KeyError."""
    return SHAPES[transport]
