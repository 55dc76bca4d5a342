"""The club over Kafka."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec

from backoffice.core.json import encode
from integrations.kinds.base import Fact, Kind, Sample, SampleRequest, Topic
from integrations.wire.players import AttributeDefinition, Definitions, EventDefinition
from tests.kinds.club.decode import EVENTS, STREAM, ClubDecoder
from tests.kinds.club.settings import ClubForm, read_settings


def _clean(settings: Any, brand_ids: Collection[str] | None) -> dict[str, Any]:
    cleaned: dict[str, Any] = msgspec.to_builtins(read_settings(settings, brand_ids))
    return cleaned


def _definitions(settings: dict[str, Any]) -> Definitions:
    return Definitions(
        brand_ids=(settings["brand_id"],),
        events=tuple(EventDefinition(name=name, title=name, topic=STREAM) for name in EVENTS.values()),
        attributes=(AttributeDefinition(name="club_points", type="number", topic=STREAM),),
        channels=("email",),
    )


def _samples(request: SampleRequest) -> Iterator[Sample]:
    for number in range(request.offset, request.offset + request.count):
        body: dict[str, Any] = {
            "event_id": f"{request.series}-{number}",
            "what": "visited" if number % 5 else "joined",
            "member": f"player_{number % request.player_count + 1:05d}",
            "at": int(request.instant.timestamp()),
            "points": number,
            "newsletter": number % 3 > 0,
        }
        if request.name == "mixed" and number % 40 == 39:
            del body["member"]
        yield Sample(STREAM, encode(body), topic=request.settings["topic"])


KIND = Kind(
    slug="club",
    title="Harbour Club",
    summary="Visits and points of the members of a loyalty club, over Kafka.",
    transports=("kafka", "replay"),
    form=ClubForm,
    clean=_clean,
    decoder=lambda settings: ClubDecoder(read_settings(settings)),
    describe=lambda settings: [("Brand", settings["brand_id"]), ("Topic", settings["topic"])],
    brands=lambda settings: frozenset({settings["brand_id"]}),
    effect="integrations.operations.take_player_messages.take_player_messages",
    samples=_samples,
    sample_names=(("generated", "Generated visits"), ("mixed", "Generated, one in forty at fault")),
    catalogue=(
        Fact("joined", "event", "A new member"),
        Fact("visited", "event", "A member came by"),
        Fact("club_points", "attribute, number", "The member's points"),
        Fact("newsletter", "true or false", "Whether e-mail may be sent at all"),
    ),
    topics=lambda settings: (Topic(settings["topic"], STREAM),),
    definitions=_definitions,
)
