"""The Fast Track feed: bets and wins, payments, bonuses and what players do, one message each."""

from collections.abc import Collection
from typing import Any

import msgspec

from integrations.kinds.base import Kind, Topic
from integrations.kinds.fasttrack.catalogue import CATALOGUE
from integrations.kinds.fasttrack.decode import MESSAGE_TYPE, FastTrackDecoder
from integrations.kinds.fasttrack.form import FastTrackForm, rule_text
from integrations.kinds.fasttrack.names import definitions_for
from integrations.kinds.fasttrack.samples import NAMES, samples
from integrations.kinds.fasttrack.settings import read_settings
from integrations.wire.players import Definitions


def _clean(settings: Any, brand_ids: Collection[str] | None) -> dict[str, Any]:
    cleaned: dict[str, Any] = msgspec.to_builtins(read_settings(settings, brand_ids))
    return cleaned


def _decoder(settings: dict[str, Any]) -> FastTrackDecoder:
    return FastTrackDecoder(read_settings(settings))


def _brands(settings: dict[str, Any]) -> frozenset[str]:
    return frozenset(line["brand_id"] for line in settings["brands"])


def _definitions(settings: dict[str, Any]) -> Definitions:
    return definitions_for(tuple(sorted(_brands(settings))))


def _topics(settings: dict[str, Any]) -> tuple[Topic, ...]:
    return (Topic(read_settings(settings).topic, "events"),)


def _describe(settings: dict[str, Any]) -> list[tuple[str, str]]:
    facts = [(f"Origin {line['origin']}", line["brand_id"]) for line in settings["brands"]]
    facts += [("Rule", rule_text(rule)) for rule in settings["sources"]]
    facts.append(
        (
            "Other bets",
            f"source {settings['default_source_id']}" if settings["default_source_id"] else "contribute to nothing",
        )
    )
    facts.append(("Our own games", ", ".join(settings["own_games"]) or "none"))
    facts.append(("Our own vendors", ", ".join(settings["own_vendors"]) or "none"))
    country = settings["player_country"] or "unknown"
    if settings["country_meta_key"]:
        country = f"meta.{settings['country_meta_key']}, else {country}"
    facts.append(("Players' country", country))
    facts.append(("Time stamps", "strict" if settings["strict_timestamps"] else "hours of one digit are repaired"))
    return facts


KIND = Kind(
    slug="fasttrack",
    title="Fast Track casino feed",
    summary="Every bet and win, payment, bonus and login of a casino, as Fast Track is sent them. Bets contribute to "
    "jackpots, the rest becomes events and figures of players.",
    transports=("rabbitmq", "kafka", "replay"),
    form=FastTrackForm,
    clean=_clean,
    decoder=_decoder,
    describe=_describe,
    brands=_brands,
    effect="integrations.operations.take_fast_track.take_fast_track",
    samples=samples,
    sample_names=NAMES,
    catalogue=CATALOGUE,
    message_type=MESSAGE_TYPE,
    icon="cards",
    definitions=_definitions,
    topics=_topics,
)
