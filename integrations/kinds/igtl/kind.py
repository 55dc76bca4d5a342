"""IGT Lottery: eDraw, Second Chance, Command and PDP over Kafka."""

from collections.abc import Collection
from typing import Any

import msgspec

from integrations.kinds.base import Kind, Topic
from integrations.kinds.features import SUBSCRIPTION_PREFERENCES
from integrations.kinds.igtl.catalogue import CATALOGUE
from integrations.kinds.igtl.decode import IgtlDecoder
from integrations.kinds.igtl.form import IgtlForm
from integrations.kinds.igtl.samples import NAMES, samples
from integrations.kinds.igtl.settings import read_settings
from integrations.kinds.igtl.tables import attribute_definitions, event_definitions
from integrations.wire.players import Definitions
from integrations.wire.preferences import CHANNELS


def _clean(settings: Any, brand_ids: Collection[str] | None) -> dict[str, Any]:
    cleaned: dict[str, Any] = msgspec.to_builtins(read_settings(settings, brand_ids))
    return cleaned


def _decoder(settings: dict[str, Any]) -> IgtlDecoder:
    return IgtlDecoder(read_settings(settings))


def _brands(settings: dict[str, Any]) -> frozenset[str]:
    return frozenset({settings["brand_id"]})


def _topics(settings: dict[str, Any]) -> tuple[Topic, ...]:
    return read_settings(settings).topics


def _definitions(settings: dict[str, Any]) -> Definitions:
    streams = frozenset(topic.stream for topic in _topics(settings))
    is_full = settings["is_command_connected"]
    return Definitions(
        brand_ids=(settings["brand_id"],),
        events=event_definitions(streams),
        attributes=attribute_definitions(streams),
        channels=CHANNELS if is_full else (),
    )


def _is_optout_respected(settings: dict[str, Any]) -> bool:
    return bool(settings["respect_hard_optout"])


def _quiet_minutes(settings: dict[str, Any]) -> int:
    """Draws and link tokens come once a day."""
    return 15 if settings["is_command_connected"] else 26 * 60


def _describe(settings: dict[str, Any]) -> list[tuple[str, str]]:
    read = read_settings(settings)
    paths = read.paths
    names = [f"{line.sent} = {line.event}" for line in read.event_names]
    return [
        ("Brand", read.brand_id),
        ("Jurisdiction's time zone", read.time_zone),
        ("Command and PDP", "connected" if read.is_command_connected else "not connected"),
        *((f"Topic of {topic.stream}", topic.name) for topic in read.topics),
        ("Identifier", f"{read.identifier.replace('_', ' ')}, in {paths.identifier}"),
        ("Event, time, properties", f"in {paths.event}, {paths.timestamp}, {paths.value}"),
        ("Preferences", f"in {paths.preferences}"),
        ("Events under other names", "; ".join(names) or "none"),
        ("Statuses that forbid messages", ", ".join(read.excluded_statuses) or "none"),
        ("Statuses that allow them again", ", ".join(read.restored_statuses) or "none"),
        ("Blocks and legal opt-outs", "respected" if read.respect_hard_optout else "overruled by preferences"),
    ]


KIND = Kind(
    slug="igtl",
    title="IGT Lottery",
    summary="Winning numbers, second chances and events of players from a lottery, over Kafka.",
    transports=("kafka", "replay"),
    form=IgtlForm,
    clean=_clean,
    decoder=_decoder,
    describe=_describe,
    brands=_brands,
    effect="integrations.operations.take_player_messages.take_player_messages",
    samples=samples,
    sample_names=NAMES,
    catalogue=CATALOGUE,
    icon="ticket",
    topics=_topics,
    definitions=_definitions,
    requires=(SUBSCRIPTION_PREFERENCES,),
    is_optout_respected=_is_optout_respected,
    quiet_minutes=_quiet_minutes,
)
