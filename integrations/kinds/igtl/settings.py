"""What an operator sets for IGT Lottery, apart from the connection."""

from collections.abc import Collection
from typing import Annotated, Any, Final

import msgspec

from backoffice.core.zones import time_zones
from integrations.kinds.base import Topic
from integrations.kinds.igtl.tables import COMMAND, EDRAW, PDP, SECOND_CHANCE
from integrations.wire.connections import convert_settings
from integrations.wire.decoded import SettingsError
from integrations.wire.envelopes import EnvelopePaths, OptionalPath, Path, identifier_path
from integrations.wire.players import Identifier

TopicName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
EXCLUDED: Final = ("SELF_EXCLUDED", "EXCLUDED", "BLOCKED")


class EventName(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event that the partner calls otherwise."""

    sent: Name
    event: Name


class IgtlSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose players they are, which topics are read, and where the parts of a message stand.

    `excluded_statuses` forbid messages to a player whose account has one; `restored_statuses` allow them again, and
    with them whatever else forbade them. A topic of Command or PDP is read with `is_command_connected` only.
    """

    brand_id: Annotated[str, msgspec.Meta(min_length=1, max_length=129)]
    time_zone: Annotated[str, msgspec.Meta(max_length=60)] = "UTC"
    identifier: Identifier = "player_id"
    is_command_connected: bool = False
    edraw_topic: TopicName = "igtl.edraw"
    second_chance_topic: TopicName = "igtl.second-chance"
    command_topic: TopicName = "igtl.command"
    pdp_topic: TopicName = "igtl.pdp"
    event_path: Path = "event"
    identifier_path: OptionalPath = ""
    timestamp_path: Path = "timestamp"
    value_path: Path = "value"
    preferences_path: Path = "preferences"
    event_names: list[EventName] = []
    excluded_statuses: list[Name] = msgspec.field(default_factory=lambda: list(EXCLUDED))
    restored_statuses: list[Name] = []
    respect_hard_optout: bool = True

    @property
    def paths(self) -> EnvelopePaths:
        """Where the parts of a message are."""
        return EnvelopePaths(
            event=self.event_path,
            identifier=identifier_path(self.identifier_path, self.identifier),
            timestamp=self.timestamp_path,
            value=self.value_path,
            preferences=self.preferences_path,
        )

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics that are read, with the credentials for each."""
        always = (Topic(self.edraw_topic, EDRAW), Topic(self.second_chance_topic, SECOND_CHANCE))
        if not self.is_command_connected:
            return always
        return (*always, Topic(self.command_topic, COMMAND, "command"), Topic(self.pdp_topic, PDP, "command"))


def read_settings(raw: Any, brand_ids: Collection[str] | None = None) -> IgtlSettings:
    """The settings, checked. With `brand_ids` the brand must be one of them. SettingsError names the field."""
    settings: IgtlSettings = convert_settings(raw, IgtlSettings)
    if brand_ids is not None and settings.brand_id not in brand_ids:
        raise SettingsError("brand_id", f"There is no brand {settings.brand_id!r} here.")
    if settings.time_zone not in time_zones():
        raise SettingsError("time_zone", f"There is no time zone {settings.time_zone!r}.")
    _check_topics(settings)
    sent = [status_word(line.sent) for line in settings.event_names]
    if len(set(sent)) != len(sent):
        raise SettingsError("event_names", "Each name may stand once.")
    both = {status_word(status) for status in settings.excluded_statuses} & {
        status_word(status) for status in settings.restored_statuses
    }
    if both:
        raise SettingsError("restored_statuses", f"{min(both)} cannot both exclude and restore.")
    return settings


def _check_topics(settings: IgtlSettings) -> None:
    fields = ("edraw_topic", "second_chance_topic", "command_topic", "pdp_topic")
    read = fields if settings.is_command_connected else fields[:2]
    seen: set[str] = set()
    for field in read:
        name = getattr(settings, field)
        if name in seen:
            raise SettingsError(field, f"The topic {name!r} is read already; each stream has its own.")
        seen.add(name)


def status_word(text: str) -> str:
    """A status or a name for comparison: "Self excluded" and SELF_EXCLUDED are one."""
    return text.strip().casefold().replace("-", "_").replace(" ", "_")
