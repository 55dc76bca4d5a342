"""A queue of RabbitMQ, read with manual acknowledgement."""

import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import amqp
from django.conf import settings
from kombu import Connection

from integrations.feeds.base import TransportProblem
from integrations.feeds.reach import said, vetted
from integrations.models import FeedStatus
from integrations.wire.connections import RabbitConnection
from integrations.wire.raw import RawMessage, digest_of

GATHER_SECONDS: Final = 0.02
CONNECT_SECONDS: Final = 5
HEARTBEAT_SECONDS: Final = 30
# For an answer to what was asked. A broker that is paused, or out of memory, keeps the connection and says nothing.
ANSWER_SECONDS: Final = 20
MAX_HEADERS: Final = 50
QUORUM: Final = {"x-queue-type": "quorum"}
# How often a message may come back before it is put aside: it seems to kill who reads it. Every lost connection counts.
DELIVERY_LIMIT: Final = 20
_LOST: Final = (OSError, amqp.exceptions.AMQPError)


class RabbitTransport:
    """One consumer on one queue. A partner's queue is only looked at; our own is declared and bound (rule B-23)."""

    def __init__(
        self, connection: RabbitConnection, credentials: dict[str, str], *, answer_seconds: float | None = None
    ) -> None:
        self._answer_seconds = answer_seconds
        self._settings = connection
        self._credentials = credentials
        self._connection: Connection | None = None
        self._channel: Any = None
        self._received: list[RawMessage] = []

    @property
    def is_finished(self) -> bool:
        """A queue never ends."""
        return False

    def open(self, next_offset: int) -> None:
        """Connect and start to consume."""
        self._connect()
        self._consume()

    def look(self) -> int | None:
        """Log in and count what waits, or None where our own queue is still to be made; nothing is taken or made."""
        self._connect()
        try:
            return self._counted()
        finally:
            self.close()

    def _counted(self) -> int | None:
        if self._connection is None:
            return None
        try:
            self._channel = self._connection.channel()
            declared = self._channel.queue_declare(self._settings.queue, passive=True)
        except amqp.exceptions.NotFound as error:
            if self._settings.server == "ours":
                return None
            raise TransportProblem(FeedStatus.MISSING, f"There is no such queue: {said(error)}") from None
        except amqp.exceptions.AccessRefused as error:
            raise TransportProblem(FeedStatus.REFUSED, f"The queue may not be read: {said(error)}") from None
        except _LOST as error:
            raise TransportProblem(FeedStatus.WAITING, f"The connection was lost: {said(error)}") from None
        return int(declared.message_count)

    def _connect(self) -> None:
        self.close()
        self._connection = self._made()
        try:
            self._connection.connect()
        except amqp.exceptions.AccessRefused as error:
            raise TransportProblem(FeedStatus.REFUSED, f"The broker refused the login: {said(error)}") from None
        except amqp.exceptions.NotAllowed as error:
            raise TransportProblem(FeedStatus.REFUSED, f"The broker refused the virtual host: {said(error)}") from None
        except (*_LOST, ssl.SSLError) as error:
            raise TransportProblem(FeedStatus.WAITING, f"The broker does not answer: {said(error)}") from None

    def receive(self, limit: int, wait_seconds: float) -> list[RawMessage]:
        """Wait for a first message, then take what follows at once."""
        deadline = time.monotonic() + wait_seconds
        try:
            while len(self._received) < limit:
                pause = GATHER_SECONDS if self._received else deadline - time.monotonic()
                if pause <= 0:
                    break
                self._drain(pause)
        except TimeoutError:
            pass
        except _LOST as error:
            self._received.clear()
            raise TransportProblem(FeedStatus.WAITING, f"The connection was lost: {said(error)}") from None
        taken, self._received = self._received[:limit], self._received[limit:]
        return taken

    def acknowledge(self, messages: Sequence[RawMessage]) -> None:
        """One acknowledgement for all up to the last."""
        if not messages:
            return
        try:
            self._channel.basic_ack(messages[-1].tag, multiple=True)
        except _LOST as error:
            raise TransportProblem(FeedStatus.WAITING, f"The acknowledgement was not sent: {said(error)}") from None

    def lag(self) -> int | None:
        """Messages that are ready in the queue and not yet with us."""
        try:
            if self._connection is not None:
                self._connection.heartbeat_check()
            declared = self._channel.queue_declare(self._settings.queue, passive=True)
        except _LOST as error:
            raise TransportProblem(FeedStatus.WAITING, f"The connection was lost: {said(error)}") from None
        return int(declared.message_count)

    def close(self) -> None:
        """Let go; what was not acknowledged goes back to the queue."""
        connection, self._connection, self._channel = self._connection, None, None
        self._received = []
        if connection is not None:
            with suppress(Exception):  # whatever a broken connection says on leaving
                connection.release()

    def _made(self) -> Connection:
        chosen = self._settings
        options = {
            "read_timeout": self._answer_seconds or ANSWER_SECONDS,
            "write_timeout": 10,
            "client_properties": {"connection_name": "potluck feed"},
        }
        if chosen.server == "ours":
            if not settings.AMQP_URL:
                raise TransportProblem(
                    FeedStatus.REFUSED, "This installation has no RabbitMQ of its own (AMQP_URL is not set)."
                )
            return Connection(
                settings.AMQP_URL,
                connect_timeout=CONNECT_SECONDS,
                heartbeat=HEARTBEAT_SECONDS,
                transport_options=options,
            )
        return Connection(
            hostname=vetted(chosen.host, chosen.port),
            port=chosen.port,
            userid=self._credentials.get("username", ""),
            password=self._credentials.get("password", ""),
            virtual_host=chosen.virtual_host,
            transport="pyamqp",
            ssl={"server_hostname": chosen.host, "cert_reqs": ssl.CERT_REQUIRED} if chosen.use_tls else False,
            connect_timeout=CONNECT_SECONDS,
            heartbeat=HEARTBEAT_SECONDS,
            transport_options=options,
        )

    def _consume(self) -> None:
        if self._connection is None:
            return
        queue = self._settings.queue
        try:
            self._channel = self._connection.channel()
            if self._settings.server == "ours":
                self._declare()
            else:
                self._channel.queue_declare(queue, passive=True)
            self._channel.basic_qos(0, self._settings.prefetch, a_global=False)
            self._channel.basic_consume(queue, callback=self._take)
        except amqp.exceptions.NotFound as error:
            raise TransportProblem(
                FeedStatus.MISSING, f"There is no such queue: {said(error)}", retry_seconds=10
            ) from None
        except amqp.exceptions.AccessRefused as error:
            raise TransportProblem(FeedStatus.REFUSED, f"The queue may not be read: {said(error)}") from None
        except _LOST as error:
            raise TransportProblem(FeedStatus.WAITING, f"The connection was lost: {said(error)}") from None

    def _declare(self) -> None:
        queue = self._settings.queue
        # Without a queue for what is put aside the broker would throw it away.
        self._channel.queue_declare(dead_queue_of(queue), durable=True, auto_delete=False, arguments=QUORUM)
        arguments = QUORUM | {
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead_queue_of(queue),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        self._channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        if self._settings.exchange:
            self._channel.exchange_declare(self._settings.exchange, "topic", durable=True, auto_delete=False)
            self._channel.queue_bind(queue, self._settings.exchange, self._settings.routing_key)

    def _drain(self, seconds: float) -> None:
        if self._connection is None:
            raise TransportProblem(FeedStatus.WAITING, "The connection is closed.")
        try:
            self._connection.drain_events(timeout=seconds)
        except socket.timeout:  # noqa: UP041 - what the library documents; the same class today
            raise TimeoutError from None

    def _take(self, message: Any) -> None:
        properties = message.properties
        body = message.body
        raw = body.encode() if isinstance(body, str) else bytes(body)
        message_type = _clean(properties.get("type"))
        self._received.append(
            RawMessage(
                body=raw,
                topic=self._settings.queue,
                offset=digest_of(raw, message_type).hex(),
                type=message_type,
                headers=_told(properties, message.delivery_info),
                tag=message.delivery_tag,
            )
        )


def dead_queue_of(queue: str) -> str:
    """Where the broker puts messages of our own queue that came back too often; nobody reads it but people."""
    return f"{queue}.dead"


def _told(properties: dict[str, Any], delivery: dict[str, Any]) -> dict[str, Any]:
    """The properties and headers as text, for people to read."""
    headers = properties.get("application_headers")
    told = {name: value for name, value in properties.items() if name != "application_headers"}
    told |= {name: delivery[name] for name in ("exchange", "routing_key", "redelivered") if name in delivery}
    if isinstance(headers, dict):
        told["headers"] = {_clean(name): _clean(str(headers[name])[:500]) for name in list(headers)[:MAX_HEADERS]}
    return {name: value if isinstance(value, dict | bool) else _clean(str(value)[:500]) for name, value in told.items()}


def _clean(text: Any) -> str | None:
    return None if text is None else str(text).encode("utf-8", "replace").decode().replace("\0", "\ufffd")
