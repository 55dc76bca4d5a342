"""Add what the generator saw to its counters."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from backoffice.demo.models import Traffic


@dataclass
class Seen:
    """Counts since the last call, the slowest answer in milliseconds, and the last answer worth showing."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    wins: int = 0
    latency_ms: int = 0
    last_answer: str = ""


def count_traffic(seen: Seen, *, now: datetime) -> Traffic:
    """Add, and give the switch as it stands."""
    traffic, _ = Traffic.objects.get_or_create(pk=1, defaults={"changed_at": now})
    if seen.sent:
        Traffic.objects.filter(pk=1).update(
            sent_count=F("sent_count") + seen.sent,
            accepted_count=F("accepted_count") + seen.accepted,
            refused_count=F("refused_count") + seen.refused,
            failed_count=F("failed_count") + seen.failed,
            win_count=F("win_count") + seen.wins,
            latency_ms=seen.latency_ms,
            last_answer=seen.last_answer[:300] or traffic.last_answer,
            changed_at=now,
        )
    return traffic
