"""Try settings on sample messages: what would happen to each, without any effect."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from backoffice.accounts.players import OF_PLAYER
from integrations.kinds.base import Kind, Sample, SampleRequest
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.outcomes import CONFLICT, DUPLICATE
from integrations.wire.raw import RawMessage
from integrations.wire.telling import Change, Told, tell

MOST_SAMPLES: Final = 50
MOST_EVIDENCE: Final = 20
NO_TOPIC: Final = "dry run"
_WHY_FILTERED: Final = {
    "OWN_JACKPOT": "A bet on our own jackpot: counted, never contributed again.",
    DUPLICATE: "Came before with the same content.",
}


@dataclass(frozen=True)
class DryRunLine:
    """A sample and what would become of it: `bucket` as in the counters, a code, a sentence; and what was read, for
    kinds of every sort. `told` is None where nothing could be read."""

    number: int
    raw: str
    origin: str
    bucket: str
    code: str
    text: str
    told: Told | None = None


def dry_run(
    kind: Kind, settings: Any, brand_ids: Collection[str] | None, messages: Sequence[RawMessage]
) -> list[DryRunLine]:
    """One line for each message, in order, of at most MOST_SAMPLES; SettingsError where the settings are not valid."""
    cleaned = kind.clean(settings, brand_ids)
    decoder, types = kind.decoder(cleaned), _types(kind, cleaned)
    seen: dict[tuple[str, str], bytes] = {}
    lines = []
    for number, raw in enumerate(messages[:MOST_SAMPLES], 1):
        bucket, code, text, told = _verdict(raw, decoder.decode(raw), seen)
        shown = raw.body.decode("utf-8", "backslashreplace")
        origin = "" if raw.topic == NO_TOPIC else raw.origin
        lines.append(DryRunLine(number, shown, origin, bucket, code, text, told and _typed(told, types)))
    return lines


def generated_samples(kind: Kind, settings: dict[str, Any], now: datetime, count: int = 6) -> list[RawMessage]:
    """Messages that fit the settings: what a dry run starts with. Kinds with topics spread them over these."""
    good = SampleRequest("generated", "sample", settings, 0, max(count - 2, 1), now)
    faulty = SampleRequest("mixed", "sample", settings, 39, 1, now)
    unsupported = SampleRequest("mixed", "sample", settings, 159, 1, now)
    samples = [*kind.samples(good), *kind.samples(faulty), *kind.samples(unsupported)]
    return as_messages(samples)


def as_messages(samples: Iterable[Sample], topic: str = "") -> list[RawMessage]:
    """Samples as a feed would hand them over; a sample of its own topic keeps it."""
    return [
        RawMessage(
            body=sample.body,
            topic=topic or getattr(sample, "topic", "") or NO_TOPIC,
            offset=str(number),
            type=sample.type,
        )
        for number, sample in enumerate(samples, 1)
    ]


def samples_from_text(text: str, message_type: str | None) -> list[Sample]:
    """JSON documents one after the other, or one a line; what is no document stays as it was typed."""
    stripped = text.strip()
    if not stripped:
        return []
    try:
        whole = msgspec.json.decode(stripped)
    except msgspec.DecodeError:
        return [Sample(message_type, line.strip().encode()) for line in stripped.splitlines() if line.strip()]
    if isinstance(whole, list):
        return [Sample(message_type, bytes(part)) for part in msgspec.json.decode(stripped, type=list[msgspec.Raw])]
    return [Sample(message_type, stripped.encode())]


def evidence_of(lines: Sequence[DryRunLine]) -> list[dict[str, object]]:
    """The lines as a request keeps them, for who decides; at most MOST_EVIDENCE of them, `player_id` apart."""
    return [_piece(line) for line in lines[:MOST_EVIDENCE]]


def _piece(line: DryRunLine) -> dict[str, object]:
    told = line.told or Told(sentence=line.text)
    piece: dict[str, object] = {"title": f"{line.code}: {told.event or line.text}"}
    if line.origin:
        piece["read from"] = line.origin
    if told.about:
        piece["player_id"] = told.about
    if line.bucket != "used" and told.event:
        piece["becomes of it"] = line.text
    piece |= dict(told.facts)
    if told.changes:
        piece[OF_PLAYER] = {f"{change.name} ({change.type})": change.value for change in told.changes}
    if told.ignored:
        piece["ignored"] = {one.name: one.code for one in told.ignored}
    return piece


def _types(kind: Kind, settings: dict[str, Any]) -> dict[str, str]:
    if kind.definitions is None:
        return {}
    return {attribute.name: attribute.type for attribute in kind.definitions(settings).attributes}


def _typed(told: Told, types: dict[str, str]) -> Told:
    """Types as the kind defines them, where it does."""
    changes = tuple(Change(one.name, types.get(one.name, one.type), one.value) for one in told.changes)
    return msgspec.structs.replace(told, changes=changes)


def _verdict(
    raw: RawMessage, reading: Decoded | Fault, seen: dict[tuple[str, str], bytes]
) -> tuple[str, str, str, Told | None]:
    if isinstance(reading, Fault):
        return "dead", reading.code, reading.detail, None
    told = tell(reading.content)
    key = (reading.key, reading.variant) if reading.key else (raw.topic, raw.offset)
    former = seen.setdefault(key, reading.digest)
    if former is not reading.digest:
        if former == reading.digest:
            return "filtered", DUPLICATE, _WHY_FILTERED[DUPLICATE], told
        return "dead", CONFLICT, "Came before with other content.", told
    if reading.filtered:
        why = _WHY_FILTERED.get(reading.filtered, "Counted, and not taken.")
        return "filtered", reading.filtered, why, told
    return "used", "WOULD_BE_TAKEN", told.sentence, told
