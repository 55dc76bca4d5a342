"""Gaming Innovation Group: changes of customers over Kafka."""

from collections.abc import Collection
from typing import Any

import msgspec

from integrations.kinds.base import Kind, Topic
from integrations.kinds.gig.catalogue import CATALOGUE
from integrations.kinds.gig.decode import GigDecoder
from integrations.kinds.gig.form import GigForm
from integrations.kinds.gig.samples import NAMES, samples
from integrations.kinds.gig.settings import read_settings
from integrations.kinds.gig.tables import attribute_definitions, event_definitions
from integrations.wire.players import Definitions
from integrations.wire.preferences import CHANNELS


def _clean(settings: Any, brand_ids: Collection[str] | None) -> dict[str, Any]:
    cleaned: dict[str, Any] = msgspec.to_builtins(read_settings(settings, brand_ids))
    return cleaned


def _decoder(settings: dict[str, Any]) -> GigDecoder:
    return GigDecoder(read_settings(settings))


def _brands(settings: dict[str, Any]) -> frozenset[str]:
    return frozenset({settings["brand_id"]})


def _topics(settings: dict[str, Any]) -> tuple[Topic, ...]:
    return read_settings(settings).read_topics


def _definitions(settings: dict[str, Any]) -> Definitions:
    return Definitions(
        brand_ids=(settings["brand_id"],),
        events=event_definitions(),
        attributes=attribute_definitions(),
        channels=CHANNELS,
    )


def _describe(settings: dict[str, Any]) -> list[tuple[str, str]]:
    read = read_settings(settings)
    paths = read.paths
    return [
        ("Brand", read.brand_id),
        ("Tenant", f"{read.tenant_id}, in {read.tenant_path}"),
        ("Topics", ", ".join(read.topics)),
        ("Identifier", f"{read.identifier.replace('_', ' ')}, in {paths.identifier}"),
        ("Event, time, properties", f"in {paths.event}, {paths.timestamp}, {paths.value}"),
        ("Preferences", f"in {paths.preferences}"),
    ]


KIND = Kind(
    slug="gig",
    title="Gaming Innovation Group (GiG)",
    summary="What changes of your customers at GiG, over Kafka: profiles, consents, blocks, payments, play.",
    transports=("kafka", "replay"),
    form=GigForm,
    clean=_clean,
    decoder=_decoder,
    describe=_describe,
    brands=_brands,
    effect="integrations.operations.take_player_messages.take_player_messages",
    samples=samples,
    sample_names=NAMES,
    catalogue=CATALOGUE,
    icon="users",
    topics=_topics,
    definitions=_definitions,
)
