"""ThrillDrops' input events: what players do, from their platform and from our own jackpots."""

from collections.abc import Collection
from typing import Any

import msgspec

from integrations.kinds.base import Kind, Topic
from integrations.kinds.thrilldrops.attributes import attribute_definitions
from integrations.kinds.thrilldrops.catalogue import CATALOGUE
from integrations.kinds.thrilldrops.decode import ThrillDropsDecoder
from integrations.kinds.thrilldrops.events import EVENTS
from integrations.kinds.thrilldrops.form import ThrillDropsForm
from integrations.kinds.thrilldrops.samples import NAMES, samples
from integrations.kinds.thrilldrops.settings import read_settings
from integrations.wire.players import Definitions, EventDefinition


def _clean(settings: Any, brand_ids: Collection[str] | None) -> dict[str, Any]:
    cleaned: dict[str, Any] = msgspec.to_builtins(read_settings(settings, brand_ids))
    return cleaned


def _decoder(settings: dict[str, Any]) -> ThrillDropsDecoder:
    return ThrillDropsDecoder(read_settings(settings).brands)


def _brands(settings: dict[str, Any]) -> frozenset[str]:
    return frozenset(settings["brands"])


def _describe(settings: dict[str, Any]) -> list[tuple[str, str]]:
    return [("Brands", ", ".join(settings["brands"])), ("Kafka topic", settings["topic"])]


def _topics(settings: dict[str, Any]) -> tuple[Topic, ...]:
    return (Topic(read_settings(settings).topic, "External"),)


def _definitions(settings: dict[str, Any]) -> Definitions:
    events = tuple(
        EventDefinition(
            name=shape.tag,
            title=shape.title,
            topic=shape.stream,
            description=shape.description,
            properties=shape.shown,
        )
        for shape in EVENTS
    )
    return Definitions(brand_ids=tuple(settings["brands"]), events=events, attributes=attribute_definitions())


KIND = Kind(
    slug="thrilldrops",
    title="ThrillDrops events",
    summary="Logins, transactions, deposits and withdrawals of players, and what they win here, for campaigns.",
    transports=("http", "kafka", "rabbitmq", "redis_stream", "replay"),
    form=ThrillDropsForm,
    clean=_clean,
    decoder=_decoder,
    describe=_describe,
    brands=_brands,
    effect="integrations.operations.take_player_messages.take_player_messages",
    samples=samples,
    sample_names=NAMES,
    catalogue=CATALOGUE,
    icon="bolt",
    notes=(
        "The five external events come over HTTP (POST /event), Kafka or RabbitMQ.",
        "The three internal events are told by our own jackpots: connect them over the Redis stream.",
        "A session token is looked at and never kept.",
    ),
    topics=_topics,
    definitions=_definitions,
)
