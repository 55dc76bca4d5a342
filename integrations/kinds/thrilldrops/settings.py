"""What an operator sets for ThrillDrops' events, apart from the connection."""

from collections.abc import Collection
from typing import Annotated, Any

import msgspec

from integrations.wire.connections import convert_settings
from integrations.wire.decoded import SettingsError


class ThrillDropsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The brands (`operator:brand`) whose players' events are taken; `topic` is where they stand in Kafka."""

    brands: list[Annotated[str, msgspec.Meta(max_length=129)]]
    topic: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "thrilldrops.events"


def read_settings(raw: Any, brand_ids: Collection[str] | None = None) -> ThrillDropsSettings:
    """The settings, checked. With `brand_ids` each brand must be one of them. SettingsError names the field."""
    settings: ThrillDropsSettings = convert_settings(raw, ThrillDropsSettings)
    if not settings.brands:
        raise SettingsError("brands", "Name at least one brand.")
    if len(set(settings.brands)) != len(settings.brands):
        raise SettingsError("brands", "Each brand may stand once.")
    foreign = [brand_id for brand_id in settings.brands if brand_ids is not None and brand_id not in brand_ids]
    if foreign:
        raise SettingsError("brands", f"There is no brand {foreign[0]!r} here.")
    return settings
