"""How each transport is reached: the settings of a connection, without its secrets."""

import re
from typing import Annotated, Any, Final, Literal

import msgspec

from integrations.wire.decoded import SettingsError

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


class ReplayConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sample messages instead of a broker: `sample` names a file of the kind, or `generated`."""

    sample: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_-]{1,60}$")] = "generated"
    per_second: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 5
    player_count: Annotated[int, msgspec.Meta(ge=1, le=99_999)] = 200


Connection = RabbitConnection | ReplayConnection
SHAPES: Final[dict[str, type[RabbitConnection] | type[ReplayConnection]]] = {
    "rabbitmq": RabbitConnection,
    "replay": ReplayConnection,
}
TITLES: Final = {"rabbitmq": "RabbitMQ", "replay": "Replay of samples"}


def read_connection(transport: str, raw: Any) -> Connection:
    """The connection as a transport takes it. SettingsError names the field at fault."""
    shape = SHAPES.get(transport)
    if shape is None:
        raise SettingsError("transport", f"There is no transport {transport!r}.")
    connection: Connection = convert_settings(raw, shape)
    if isinstance(connection, RabbitConnection):
        _check_rabbit(connection)
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


def topic_of(transport: str, raw: Any) -> str:
    """The name under which positions and dead letters of the connection are kept."""
    connection = read_connection(transport, raw)
    return connection.queue if isinstance(connection, RabbitConnection) else "replay"


def shape_of(transport: str) -> type[RabbitConnection] | type[ReplayConnection]:
    """The struct of the transport's settings, or KeyError."""
    return SHAPES[transport]
