"""What an operator sets for a Fast Track feed, apart from the connection."""

from collections.abc import Collection
from typing import Annotated, Any

import msgspec

from integrations.wire.connections import convert_settings
from integrations.wire.decoded import SettingsError

Id = Annotated[str, msgspec.Meta(max_length=128)]


class OriginBrand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the brand table; `brand_id` is the pair `operator:brand`."""

    origin: Id
    brand_id: Annotated[str, msgspec.Meta(max_length=129)]


class SourceRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bets that have all of what is given go to the source; the first rule that fits decides."""

    source_id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    origin: Id = ""
    vendor_id: Id = ""
    game_id: Id = ""


class FastTrackSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mapping of bets to brands and sources, and what is our own and never contributes. `topic` is read where the
    messages come over Kafka."""

    brands: list[OriginBrand]
    sources: list[SourceRule] = []
    default_source_id: Annotated[str, msgspec.Meta(max_length=100)] = ""
    player_country: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$")] = ""
    country_meta_key: Annotated[str, msgspec.Meta(max_length=60)] = ""
    own_games: list[Id] = []
    own_vendors: list[Id] = []
    strict_timestamps: bool = False
    topic: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "fasttrack"


def read_settings(raw: Any, brand_ids: Collection[str] | None = None) -> FastTrackSettings:
    """The settings, checked. With `brand_ids` each brand must be one of them. SettingsError names the field."""
    settings: FastTrackSettings = convert_settings(raw, FastTrackSettings)
    if not settings.brands:
        raise SettingsError("brands", "Map at least one origin to a brand.")
    origins = [line.origin.strip().casefold() for line in settings.brands]
    if not all(origins):
        raise SettingsError("brands", "Every line needs an origin.")
    if len(set(origins)) != len(origins):
        raise SettingsError("brands", "Each origin may stand once.")
    foreign = [line.brand_id for line in settings.brands if brand_ids is not None and line.brand_id not in brand_ids]
    if foreign:
        raise SettingsError("brands", f"There is no brand {foreign[0]!r} here.")
    _check_sources(settings, set(origins))
    return settings


def _check_sources(settings: FastTrackSettings, origins: set[str]) -> None:
    for rule in settings.sources:
        if not (rule.origin or rule.vendor_id or rule.game_id):
            raise SettingsError("sources", f"The rule for {rule.source_id!r} names no origin, vendor or game.")
        if rule.origin and rule.origin.strip().casefold() not in origins:
            raise SettingsError("sources", f"The origin {rule.origin!r} is not in the table of brands.")
    if not settings.sources and not settings.default_source_id:
        raise SettingsError("default_source_id", "Name a source that bets contribute to.")
