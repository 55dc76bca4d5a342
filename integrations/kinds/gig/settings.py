"""What an operator sets for GiG, apart from the connection."""

from collections.abc import Collection
from typing import Annotated, Any

import msgspec

from integrations.kinds.base import Topic
from integrations.kinds.gig.tables import STREAM
from integrations.wire.connections import convert_settings
from integrations.wire.decoded import SettingsError
from integrations.wire.envelopes import EnvelopePaths, OptionalPath, Path, identifier_path
from integrations.wire.players import Identifier

TopicName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,200}$")]


class GigSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose customers they are, the tenant at GiG, which topics are read, and where the parts of a message stand.

    A message that names another tenant, at `tenant_path`, is counted and not taken.
    """

    brand_id: Annotated[str, msgspec.Meta(min_length=1, max_length=129)]
    tenant_id: Annotated[str, msgspec.Meta(max_length=100)]
    identifier: Identifier = "player_id"
    topics: list[TopicName] = msgspec.field(default_factory=lambda: ["gig.customers"])
    event_path: Path = "event"
    identifier_path: OptionalPath = ""
    timestamp_path: Path = "timestamp"
    value_path: Path = "value"
    preferences_path: Path = "preferences"
    tenant_path: Path = "tenant_id"

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
    def read_topics(self) -> tuple[Topic, ...]:
        """The topics that are read, all with the one user name and password."""
        return tuple(Topic(name, STREAM) for name in self.topics)


def read_settings(raw: Any, brand_ids: Collection[str] | None = None) -> GigSettings:
    """The settings, checked. With `brand_ids` the brand must be one of them. SettingsError names the field."""
    settings: GigSettings = convert_settings(raw, GigSettings)
    if brand_ids is not None and settings.brand_id not in brand_ids:
        raise SettingsError("brand_id", f"There is no brand {settings.brand_id!r} here.")
    if not settings.tenant_id.strip():
        raise SettingsError("tenant_id", "Give the tenant id that GiG knows you by.")
    if not settings.topics:
        raise SettingsError("topics", "Name at least one topic.")
    if len(set(settings.topics)) != len(settings.topics):
        raise SettingsError("topics", "Each topic may stand once.")
    return settings
