"""The real Kafka of a run: topics of a test, messages into them, and how a partner would be reached."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewPartitions, NewTopic

from deploy.local.kafka_cache import PASSWORD, USERNAME

SECONDS = 60.0


class KafkaCluster:
    """A partner's side of Kafka. Every topic starts with `prefix`, and is gone after the test."""

    username = USERNAME
    password = PASSWORD

    def __init__(self, prefix: str, bootstrap: str = "") -> None:
        self.prefix = prefix
        self.bootstrap = bootstrap or os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        self.admin = AdminClient(self.client())
        self._producer: Producer | None = None
        self._topics: set[str] = set()

    @property
    def sasl(self) -> str:
        """Brokers for who logs in, in the clear."""
        return os.environ["TEST_KAFKA_SASL"]

    @property
    def tls(self) -> str:
        """Brokers for who logs in over TLS."""
        return os.environ["TEST_KAFKA_TLS"]

    @property
    def authority(self) -> str:
        """The certificate of the authority, as PEM."""
        return Path(os.environ["TEST_KAFKA_AUTHORITY"]).read_text()

    @property
    def credentials(self) -> dict[str, str]:
        """Of a login that the cluster takes."""
        return {"username": self.username, "password": self.password}

    def client(self, **changes: Any) -> dict[str, Any]:
        """How a client without a login is set up; underscores stand for dots."""
        named = {name.replace("_", "."): value for name, value in changes.items()}
        return {"bootstrap.servers": self.bootstrap, "log_level": 0} | named

    def create(self, name: str, partitions: int = 1, **config: str) -> str:
        """A topic of this test; its full name."""
        topic = f"{self.prefix}{name}"
        settings = {key.replace("_", "."): value for key, value in config.items()}
        for made in self.admin.create_topics([NewTopic(topic, partitions, 1, config=settings)]).values():
            made.result(SECONDS)
        self._topics.add(topic)
        return topic

    def grow(self, topic: str, partitions: int) -> None:
        """So many partitions from now on."""
        for grown in self.admin.create_partitions([NewPartitions(topic, partitions)]).values():
            grown.result(SECONDS)
        # One that knows only the partitions of before.
        self._producer = None

    def delete(self, topic: str) -> None:
        """The topic and all that is in it."""
        for deleted in self.admin.delete_topics([topic], operation_timeout=SECONDS).values():
            deleted.result(SECONDS)
        self._topics.discard(topic)

    def truncate(self, topic: str, offset: int, partition: int = 0) -> None:
        """Everything before the offset is gone."""
        for deleted in self.admin.delete_records([TopicPartition(topic, partition, offset)]).values():
            deleted.result(SECONDS)

    def produce(
        self,
        topic: str,
        values: Iterable[bytes],
        *,
        keys: Iterable[str] | None = None,
        partition: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Messages into the topic in their order; all of them are there when this returns."""
        producer = self._made()
        failed: list[str] = []

        def told(error: Any, _message: Any) -> None:
            if error is not None:
                failed.append(str(error))

        options: dict[str, Any] = {"headers": dict(headers)} if headers else {}
        if partition is not None:
            options["partition"] = partition
        names = iter(keys) if keys is not None else None
        for value in values:
            key = next(names) if names is not None else None
            while True:
                try:
                    producer.produce(topic, value, key=key, on_delivery=told, **options)
                    break
                except BufferError:
                    producer.poll(0.05)
            producer.poll(0)
        assert producer.flush(SECONDS) == 0, "the broker did not take all messages"
        assert not failed, failed[0]

    def produce_in_transaction(self, topic: str, values: Iterable[bytes]) -> None:
        """The same in one transaction, whose end takes a number of its own."""
        producer = Producer(self.client(transactional_id=f"{self.prefix}writer"))
        producer.init_transactions(SECONDS)
        producer.begin_transaction()
        for value in values:
            producer.produce(topic, value)
        producer.commit_transaction(SECONDS)

    def _made(self) -> Producer:
        if self._producer is None:
            self._producer = Producer(self.client(enable_idempotence=True, linger_ms=5))
        return self._producer

    def committed(self, group: str, topic: str, partition: int = 0) -> int:
        """The offset that the group left at the broker, for tools that show lags."""
        consumer = Consumer(self.client(group_id=group))
        try:
            return int(consumer.committed([TopicPartition(topic, partition)], timeout=SECONDS)[0].offset)
        finally:
            consumer.close()

    def connection(self, **changes: Any) -> dict[str, Any]:
        """The connection of an integration that reads the cluster without a login."""
        return {"brokers": self.bootstrap, "security": "plaintext", **changes}

    def close(self) -> None:
        """Takes the test's topics away."""
        if self._topics:
            for deleted in self.admin.delete_topics(sorted(self._topics)).values():
                deleted.exception(SECONDS)
