"""Try settings on sample messages: what would happen to each, without any effect."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from integrations.kinds.base import Kind, Sample, SampleRequest
from integrations.wire.casino import CasinoActivity
from integrations.wire.decoded import Decoded, Fault
from integrations.wire.outcomes import CONFLICT, DUPLICATE
from integrations.wire.payments import BonusMessage, PaymentMessage
from integrations.wire.players import PlayerMessage
from integrations.wire.raw import RawMessage

MOST_SAMPLES = 50


@dataclass(frozen=True)
class DryRunLine:
    """A sample and what would become of it: `bucket` as in the counters, a code, a sentence; what was read."""

    number: int
    raw: str
    type: str | None
    bucket: str
    code: str
    text: str
    activity: CasinoActivity | None = None


def dry_run(
    kind: Kind, settings: Any, brand_ids: Collection[str] | None, samples: Sequence[Sample]
) -> list[DryRunLine]:
    """One line for each sample, in order; SettingsError where the settings are not valid."""
    decoder = kind.decoder(kind.clean(settings, brand_ids))
    seen: dict[tuple[str, str], bytes] = {}
    lines = []
    for number, sample in enumerate(samples[:MOST_SAMPLES], 1):
        raw = RawMessage(body=sample.body, topic="dry run", offset=str(number), type=sample.type)
        bucket, code, text, activity = _told(decoder.decode(raw), seen)
        shown = sample.body.decode("utf-8", "backslashreplace")
        lines.append(DryRunLine(number, shown, sample.type, bucket, code, text, activity))
    return lines


def generated_samples(kind: Kind, settings: dict[str, Any], now: datetime, count: int = 6) -> list[Sample]:
    """Samples that fit the settings: what a dry run starts with."""
    good = SampleRequest("generated", "sample", settings, 0, max(count - 2, 1), now)
    faulty = SampleRequest("mixed", "sample", settings, 39, 1, now)
    unsupported = SampleRequest("mixed", "sample", settings, 159, 1, now)
    return [*kind.samples(good), *kind.samples(faulty), *kind.samples(unsupported)]


def samples_from_text(text: str, message_type: str) -> list[Sample]:
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


def _told(reading: Decoded | Fault, seen: dict[tuple[str, str], bytes]) -> tuple[str, str, str, CasinoActivity | None]:
    if isinstance(reading, Fault):
        return "dead", reading.code, reading.detail, None
    activity = reading.content if isinstance(reading.content, CasinoActivity) else None
    former = seen.setdefault((reading.key, reading.variant), reading.digest)
    if former is not reading.digest:
        if former == reading.digest:
            return "filtered", DUPLICATE, "Came before with the same content.", activity
        return "dead", CONFLICT, "Came before with other content.", activity
    if reading.filtered:
        return "filtered", reading.filtered, "A bet on our own jackpot: counted, never contributed again.", activity
    return "used", "WOULD_BE_TAKEN", _told_of(reading.content) if activity is None else _sentence(activity), activity


def _told_of(content: Any) -> str:
    if isinstance(content, PaymentMessage):
        return f"Would make the {content.direction} {content.payment_id} {content.step}."
    if isinstance(content, BonusMessage):
        return f"Would make the bonus {content.user_bonus_id} {content.status}."
    if isinstance(content, PlayerMessage) and content.identifier is not None:
        return f"Would stand as {content.event} in the history of {content.identifier_value}."
    return "Would be taken."


def _sentence(activity: CasinoActivity) -> str:
    repaired = " The time stamp was repaired." if activity.is_timestamp_repaired else ""
    if activity.is_rollback:
        return (
            f"Would take back the {activity.kind} {activity.activity_id}; a contribution made stays, marked.{repaired}"
        )
    if activity.kind == "win":
        return f"Would count as a win of round {activity.round_id}.{repaired}"
    if activity.source_id is None:
        return f"Would count as a bet of round {activity.round_id}, and contribute to nothing.{repaired}"
    return f"Would contribute to the source {activity.source_id} for {activity.brand_id}.{repaired}"
