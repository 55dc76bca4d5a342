"""The settings of an integration, kept ready for the look-ups of every message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.kinds.fasttrack.fields import MAX_ID, MAX_NAME, Bad, Body, instant, text
from integrations.kinds.fasttrack.settings import FastTrackSettings


class Mapped:
    """Which brand, which source, which country."""

    def __init__(self, settings: FastTrackSettings) -> None:
        self._settings = settings
        self._brands = {line.origin.strip().casefold(): line.brand_id for line in settings.brands}
        self._own_games = frozenset(settings.own_games)
        self._own_vendors = frozenset(settings.own_vendors)

    def brand(self, body: Body) -> tuple[str, str]:
        """The message's brand, and its origin in small letters."""
        origin = text(body, "origin", MAX_NAME)
        brand_id = self._brands.get(origin.casefold())
        if brand_id is None:
            raise Bad("UNMAPPED_ORIGIN", f"No brand is mapped to the origin {origin!a}.")
        return brand_id, origin.casefold()

    def player(self, body: Body) -> str:
        """The player's id."""
        return text(body, "user_id", MAX_ID)

    def instant(self, body: Body) -> tuple[datetime, bool]:
        """When it happened, and whether the time stamp was repaired."""
        return instant(body, is_strict=self._settings.strict_timestamps)

    def source(self, origin: str, vendor_id: str, game_id: str) -> str | None:
        """Where a bet contributes: the first rule that fits, or the default."""
        for rule in self._settings.sources:
            if (
                rule.origin.strip().casefold() in {"", origin}
                and rule.vendor_id in {"", vendor_id}
                and rule.game_id in {"", game_id}
            ):
                return rule.source_id
        return self._settings.default_source_id or None

    def country(self, meta: Mapping[str, Any]) -> str:
        """The player's country, or nothing."""
        told = meta.get(self._settings.country_meta_key) if self._settings.country_meta_key else None
        if told is None:
            return self._settings.player_country
        code = told.strip() if isinstance(told, str) else ""
        return code.upper() if code.isalpha() and 2 <= len(code) <= 3 else ""

    def is_own(self, game_id: str, vendor_id: str) -> bool:
        """Whether it is a jackpot game of our own."""
        return game_id in self._own_games or vendor_id in self._own_vendors
